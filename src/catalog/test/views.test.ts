import { expect, test } from 'bun:test';
import type { Table } from '../types.ts';
import { onEveryEngine } from './databases.ts';
import { relationshipsFrom } from './describe-relationship.ts';

const base = `
  create table clients (id int primary key, name text);
  create table projects (id int primary key, title text, client_id int references clients);
  create table parts (project_id int references projects, no int, primary key (project_id, no));`;

await onEveryEngine('views', (database) => {
  test('inherit keys and foreign keys through joins, subqueries and other views', async () => {
    const schema = await database.schema(
      'joins',
      `${base}
       create view p as select p.id, p.title, p.client_id, c.name as client from projects p join clients c on c.id = p.client_id;
       create view pp as with x as (select * from p) select x.id as key, x.client_id,
         (select max(id) from clients) as newest from x where x.id in (select project_id from parts);
       create materialized view m as select id, client_id from (select * from projects) as s;
       create view c as select id from clients group by id;`,
    );
    const of = (name: string): Table | undefined => schema.tables.get(name);
    expect(of('p')?.primaryKey).toEqual(['id']);
    expect(of('pp')?.primaryKey).toEqual(['key']);
    expect(of('m')?.kind).toBe('materialized view');
    expect(of('m')?.primaryKey).toEqual(['id']);
    expect(relationshipsFrom(schema, 'pp')).toContain(
      'pp > clients client_id=id (projects_client_id_fkey) many-to-one',
    );
    expect(relationshipsFrom(schema, 'pp')).toContain('pp > c client_id=id (projects_client_id_fkey) many-to-one');
    expect(relationshipsFrom(schema, 'c')).toContain('c > m id=client_id (projects_client_id_fkey) one-to-many');
    expect(relationshipsFrom(schema, 'parts')).toContain('parts > p project_id=id (parts_project_id_fkey) many-to-one');
  });

  test('show a key only in full, and each way to name it', async () => {
    const schema = await database.schema(
      'partial',
      `${base}
       create view numbers as select no from parts;
       create view twice as select id, client_id as a, client_id as b from projects;
       create view computed as select id + 0 as id, client_id::bigint as client_id from projects;
       create view united as select id, client_id from projects union all select id, client_id from projects;`,
    );
    expect(schema.tables.get('numbers')?.primaryKey).toEqual([]);
    expect(relationshipsFrom(schema, 'numbers')).toEqual([]);
    expect(relationshipsFrom(schema, 'computed')).toEqual([]);
    expect(relationshipsFrom(schema, 'united')).toEqual([]);
    expect(relationshipsFrom(schema, 'twice').filter((line) => line.includes('> clients'))).toEqual([
      'twice > clients a=id (projects_client_id_fkey) many-to-one',
      'twice > clients b=id (projects_client_id_fkey) many-to-one',
    ]);
  });

  test('serve as junctions and as parts of one', async () => {
    const schema = await database.schema(
      'junctions',
      `create table a (id int primary key); create table b (id int primary key);
       create table ab (a_id int references a, b_id int references b, primary key (a_id, b_id));
       create view ab_view as select a_id, b_id from ab; create view b_view as select id from b;`,
    );
    const lines = relationshipsFrom(schema, 'a');
    expect(lines).toContain('a > b through id=a_id > ab_view < id=b_id (ab_a_id_fkey, ab_b_id_fkey)');
    expect(lines).toContain('a > b_view through id=a_id > ab < id=b_id (ab_a_id_fkey, ab_b_id_fkey)');
    expect(lines.filter((line) => line.includes('through'))).toHaveLength(4);
  });

  test('may be recursive, and may have been made circular', async () => {
    const schema = await database.schema(
      'circular',
      `create table nodes (id int primary key, parent_id int references nodes);
       create recursive view tree (id, parent_id) as
         select id, parent_id from nodes where parent_id is null
         union all select n.id, n.parent_id from nodes n join tree t on t.id = n.parent_id;
       create view one as select id, parent_id from nodes;
       create view two as select id, parent_id from one;
       create or replace view one as select id, parent_id from two;`,
    );
    expect(schema.tables.get('tree')?.columnNames).toEqual(['id', 'parent_id']);
    expect(relationshipsFrom(schema, 'one')).toEqual([]);
  });

  test('may have no columns, as tables and types may', async () => {
    const schema = await database.schema(
      'bare',
      `${base}
       create view nothing as select; create table empty (); create type unit as ();
       create function make_unit() returns unit language sql as 'select row()';`,
    );
    expect(schema.tables.get('nothing')?.columnNames).toEqual([]);
    expect(schema.tables.get('empty')?.columnNames).toEqual([]);
    expect(schema.composites.get('unit')?.attributes).toEqual([]);
    expect(schema.routines.get('make_unit')?.[0]?.returns.isComposite).toBe(true);
  });

  test('say what can be done to them', async () => {
    const schema = await database.schema(
      'writable',
      `${base}
       create view simple as select id, title, upper(title) as loud from projects;
       create view joined as select p.id from projects p join clients c on c.id = p.client_id;
       create view triggered as select p.id from projects p join clients c on c.id = p.client_id;
       create function refuse() returns trigger language plpgsql as 'begin return null; end';
       create trigger t instead of insert on triggered for each row execute function refuse();`,
    );
    const can = (name: string) => {
      const table = schema.tables.get(name);
      return [table?.insertable, table?.updatable, table?.deletable];
    };
    expect(can('simple')).toEqual([true, true, true]);
    expect(can('joined')).toEqual([false, false, false]);
    expect(can('triggered')).toEqual([true, false, false]);
    const columns = [...(schema.tables.get('simple')?.columns.values() ?? [])];
    expect(columns.map(({ name, writable }) => [name, writable])).toEqual([
      ['id', true],
      ['title', true],
      ['loud', false],
    ]);
  });
});
