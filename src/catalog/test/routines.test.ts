import { expect, test } from 'bun:test';
import { findHandler, type Routine, representation } from '../index.ts';
import { onEveryEngine, role } from './databases.ts';

const functions = `
  create table t (id int); create type pair as (a int, b text); create domain pairs as pair;
  create function plain(a int, b text default 'x', c int default 1) returns int language sql immutable as 'select 1';
  create function plain() returns int language sql as 'select 0';
  create function plain(a int) returns int language sql as 'select 2';
  create function variadic_one(variadic v int[]) returns int language sql as 'select 1';
  create function body(json) returns json language sql stable as 'select $1';
  create function no_body(int) returns int language sql as 'select $1';
  create function two(int, text) returns int language sql as 'select $1';
  create function nothing() returns void language sql as 'select';
  create function rows_of_t() returns setof t language sql as 'select * from t';
  create function one_t() returns t language sql as 'select * from t';
  create function as_table(n int) returns table (id int, name text) language sql as 'select 1, ''x''::text';
  create function outs(out a int, inout b int, c char(5), d bit, out e text) language sql as 'select 1, 2, ''x''::text';
  create function aliased() returns pairs language sql as 'select row(1, ''x'')::pair';
  create function scalars() returns setof int language sql as 'select 1';
  create function strict_one() returns int language sql set default_transaction_isolation = 'serializable'
    set statement_timeout = '1s' as 'select 1';
  create function on_change() returns trigger language plpgsql as 'begin return new; end';
  create procedure act() language sql as 'select 1';
  create aggregate total(int) (sfunc = int4pl, stype = int);
  comment on function nothing() is 'Does nothing';`;

const signature = (routine: Routine): string =>
  routine.parameters
    .map(({ name, unlimitedType, required, variadic }) =>
      [variadic ? 'variadic' : [], name, unlimitedType, required ? [] : 'optional'].flat().join(' '),
    )
    .join(', ');

const returns = ({ returns: { type, isSet, isComposite, isAlias, isVoid } }: Routine): string =>
  [isSet ? 'setof' : [], type.name, isComposite ? 'composite' : [], isAlias ? 'alias' : [], isVoid ? 'void' : []]
    .flat()
    .join(' ');

/** Each function's overloads: parameters → result. */
const expected: Readonly<Record<string, readonly string[]>> = {
  aliased: ['() > pair composite alias'],
  as_table: ['(n integer) > setof record composite'],
  body: ['( json) > json'],
  nothing: ['() > void void'],
  one_t: ['() > t composite'],
  outs: ['(b integer, c character varying, d bit varying) > record composite'],
  plain: ['() > int4', '(a integer) > int4', '(a integer, b text optional, c integer optional) > int4'],
  rows_of_t: ['() > setof t composite'],
  scalars: ['() > setof int4'],
  strict_one: ['() > int4'],
  variadic_one: ['(variadic v integer[]) > int4'],
};

await onEveryEngine('routines', (database) => {
  test('parameters, results and overloads', async () => {
    const schema = await database.schema('functions', functions);
    const found = [...schema.routines].map(([name, overloads]) => [
      name,
      overloads.map((routine) => `(${signature(routine)}) > ${returns(routine)}`),
    ]);
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(Object.entries(expected).map(([name, lines]) => [name, [...lines]])),
    );
    expect(schema.routineNames).toEqual(Object.keys(expected));
    expect(schema.routines.get('as_table')?.[0]?.outputs.map(({ name, type }) => [name, type])).toEqual([
      ['id', 'integer'],
      ['name', 'text'],
    ]);
    expect(schema.routines.get('plain')?.map(({ volatility }) => volatility)).toEqual([
      'volatile',
      'volatile',
      'immutable',
    ]);
    expect(schema.routines.get('nothing')?.[0]?.description).toBe('Does nothing');
    expect(schema.routines.get('strict_one')?.[0]).toMatchObject({
      isolation: 'serializable',
      settings: [
        ['default_transaction_isolation', 'serializable'],
        ['statement_timeout', '1s'],
      ],
    });
  });

  test('media types are domains that aggregates and functions return', async () => {
    const catalog = await database.catalog(
      'media',
      `create table points (id int); create domain "application/x-Points" as text; create domain "*/*" as bytea;
       create domain "text/html" as text;
       create function step(state "application/x-Points", point points) returns "application/x-Points" language sql as 'select state';
       create aggregate as_points(points) (sfunc = step, stype = "application/x-Points", initcond = '');
       create function any_step(state "text/html", one anyelement) returns "text/html" language sql as 'select state';
       create aggregate as_html(anyelement) (sfunc = any_step, stype = "text/html", initcond = '');
       create function page() returns "text/html" language sql as 'select ''''::text';
       create function file() returns "*/*" language sql as 'select ''''::bytea';`,
    );
    const at = (name: string, type: string) => findHandler(catalog, { schema: 'media', name }, type);
    expect(at('points', 'application/x-points')).toMatchObject({
      function: { schema: 'media', name: 'as_points' },
      target: { name: 'points' },
      mediaType: 'application/x-Points',
    });
    expect(at('anything', 'text/html')).toMatchObject({ function: { name: 'as_html' }, target: null });
    expect(at('page', 'text/html')).toMatchObject({ function: { name: 'text/html' }, target: { name: 'page' } });
    expect(at('file', '*/*')?.mediaType).toBe('application/octet-stream');
    expect(at('points', 'text/css')).toBeUndefined();
  });

  test('representations are implicit casts between domains and json or text', async () => {
    const catalog = await database.catalog(
      'casts',
      `create domain color as int;
       create function shown(color) returns json language sql immutable as 'select to_json(to_hex($1))';
       create function read(json) returns color language sql immutable as 'select 1::color';
       create cast (color as json) with function casts.shown(color) as implicit;
       create cast (json as color) with function casts.read(json) as implicit;`,
    );
    expect(representation(catalog, 'casts.color', 'json')).toBe('casts.shown');
    expect(representation(catalog, 'json', 'casts.color')).toBe('casts.read');
    expect(representation(catalog, 'text', 'casts.color')).toBeUndefined();
  });

  test('settings of roles', async () => {
    const catalog = await database.catalog(
      'roles',
      `${role('slow')} alter role slow set statement_timeout = '3s';
       alter role slow set default_transaction_isolation = 'repeatable read'`,
    );
    expect(catalog.roles.get('slow')).toEqual({
      isolation: 'repeatable read',
      settings: [['statement_timeout', '3s']],
    });
  });
});
