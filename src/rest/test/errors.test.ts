import { describe, expect, test } from 'bun:test';
import { ConnectionError, DatabaseError } from '../../db/driver.ts';
import { HutchError } from '../../errors/index.ts';
import { anonymousDisabled, undecodableJwt } from '../errors/auth-errors.ts';
import { fromDatabase } from '../errors/database-errors.ts';
import { errorResponse } from '../errors/error-response.ts';
import { FuzzySet } from '../errors/fuzzy-set.ts';
import { invalidRange, mediaTypeUnavailable, notEmbedded } from '../errors/request-errors.ts';
import {
  ambiguousRelationship,
  ambiguousRoutine,
  noColumn,
  noRelationship,
  noRoutine,
  noTable,
} from '../errors/schema-errors.ts';

describe('hints', () => {
  test('the nearest table, if it is near', () => {
    const tables = new FuzzySet(['clients', 'projects', 'project_clients']);
    expect(noTable('api', 'project', tables)).toMatchObject({
      status: 404,
      code: 'PGRST205',
      message: "Could not find the table 'api.project' in the schema cache",
      hint: "Perhaps you meant the table 'api.projects'",
    });
    expect(noTable('api', 'unlike', tables).hint).toBeNull();
    expect(noTable('api', 'x', undefined).hint).toBeNull();
  });

  test('of equally near names the one that PostgREST names', () => {
    const numbered = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(2, '0')}`);
    const names = new FuzzySet([...numbered('before', 40), ...numbered('rel_', 70), ...numbered('unlike', 10)]);
    expect(['rel_1', 'rel_1e', 'rel_b8', 'rel_81'].map((name) => names.best(name))).toEqual([
      'rel_15',
      'rel_15',
      'rel_08',
      'rel_11',
    ]);
  });

  const relationships: readonly (readonly [parent: string, child: string, hint: string | null])[] = [
    ['film', 'directors', "Perhaps you meant 'films' instead of 'film'."],
    ['films', 'role', "Perhaps you meant 'roles' instead of 'role'."],
    ['films', 'actors', null],
    ['noclosealternative', 'roles', null],
    ['films', 'noclosealternative', null],
  ];
  test.each(relationships)('from %s to %s', (parent, child, hint) => {
    const children = parent === 'films' ? ['directors', 'roles', 'actors'] : undefined;
    expect(noRelationship({ parent, child, hint: null, schema: 'api', parents: ['films'], children })).toMatchObject({
      status: 400,
      code: 'PGRST200',
      message: `Could not find a relationship between '${parent}' and '${child}' in the schema cache`,
      details: `Searched for a foreign key relationship between '${parent}' and '${child}' in the schema 'api', but no matches were found.`,
      hint,
    });
  });

  test('a wrong hint is named', () => {
    const search = { parent: 'a', child: 'b', hint: 'fk', schema: 'api', parents: ['a'], children: ['b'] };
    expect(noRelationship(search).details).toBe(
      "Searched for a foreign key relationship between 'a' and 'b' using the hint 'fk' in the schema 'api', but no matches were found.",
    );
  });

  const routines: readonly (readonly [
    name: string,
    given: readonly string[],
    overloaded: boolean,
    hint: string | null,
  ])[] = [
    ['testt', ['val', 'param', 'name'], false, 'Perhaps you meant to call the function api.test'],
    ['noclosealternative', [], false, null],
    ['test', ['vall', 'pqaram', 'nam'], true, 'Perhaps you meant to call the function api.test(name, param, val)'],
    ['test', ['val', 'param'], true, 'Perhaps you meant to call the function api.test(name, param, val)'],
    ['test', ['id', 'attrs'], true, 'Perhaps you meant to call the function api.test(attr, id)'],
    ['test', ['id'], true, 'Perhaps you meant to call the function api.test(attr, id)'],
    ['test', ['noclosealternative'], true, null],
  ];
  test.each(routines)('to %s(%j)', (routine, given, overloaded, hint) => {
    const overloads = overloaded
      ? [
          ['val', 'param', 'name'],
          ['id', 'attr'],
        ]
      : [];
    const search = { schema: 'api', routine, arguments: given, body: null, routines: ['test', 'another'], overloads };
    expect(noRoutine(search)).toMatchObject({ status: 404, code: 'PGRST202', hint });
  });
});

describe('functions', () => {
  const search = { schema: 'api', routine: 'f', routines: [], overloads: [] };
  const cases: readonly (readonly [
    given: readonly string[],
    body: 'json' | 'text' | null,
    message: string,
    details: string,
  ])[] = [
    [[], null, 'api.f without parameters', 'api.f without parameters'],
    [['a'], null, 'api.f(a)', 'api.f with parameter a'],
    [['a', 'b'], 'json', 'api.f(a, b)', 'api.f with parameters a, b or with a single unnamed json/jsonb parameter'],
    [[], 'json', 'api.f without parameters', 'api.f without parameters or with a single unnamed json/jsonb parameter'],
    [[], 'text', 'api.f', 'api.f with a single unnamed text parameter'],
  ];
  test.each(cases)('%j %s', (given, body, message, details) => {
    expect(noRoutine({ ...search, arguments: given, body })).toMatchObject({
      message: `Could not find the function ${message} in the schema cache`,
      details: `Searched for the function ${details}, but no matches were found in the schema cache.`,
    });
  });

  test('that cannot be told apart', () => {
    const candidate = (type: string) => ({
      schema: 'api',
      name: 'f',
      parameters: [
        { name: 'a', type },
        { name: 'b', type: 'text' },
      ],
    });
    expect(ambiguousRoutine([candidate('integer'), candidate('numeric')])).toMatchObject({
      status: 300,
      code: 'PGRST203',
      message:
        'Could not choose the best candidate function between: api.f(a => integer, b => text), api.f(a => numeric, b => text)',
      hint: 'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
    });
  });
});

test('embeds that cannot be told apart show their candidates', () => {
  const one = {
    table: 'orders',
    foreignTable: 'addresses',
    kind: { cardinality: 'many-to-one', constraint: 'billing', columns: ['billing_id'], foreignColumns: ['id'] },
  } as const;
  const many = {
    table: 'orders',
    foreignTable: 'addresses',
    kind: {
      cardinality: 'many-to-many',
      junction: 'via',
      sourceConstraint: 'a',
      sourceColumns: ['x', 'y'],
      targetConstraint: 'b',
      targetColumns: ['z'],
    },
  } as const;
  expect(ambiguousRelationship('orders', 'addresses', [one, many])).toMatchObject({
    status: 300,
    code: 'PGRST201',
    message: "Could not embed because more than one relationship was found for 'orders' and 'addresses'",
    hint: "Try changing 'addresses' to one of the following: 'addresses!billing', 'addresses!via'. Find the desired relationship in the 'details' key.",
    details: [
      {
        cardinality: 'many-to-one',
        embedding: 'orders with addresses',
        relationship: 'billing using orders(billing_id) and addresses(id)',
      },
      { cardinality: 'many-to-many', embedding: 'orders with addresses', relationship: 'via using a(x, y) and b(z)' },
    ],
  });
});

test('messages with names in them', () => {
  expect(noColumn('t', 'c').message).toBe("Could not find the 'c' column of 't' in the schema cache");
  expect(mediaTypeUnavailable(['a/b', 'c/d']).message).toBe('None of these media types are available: a/b, c/d');
  expect(invalidRange({ offset: 5, total: 2 }).details).toBe(
    'An offset of 5 was requested, but there are only 2 rows.',
  );
  expect(notEmbedded('x').hint).toBe("Verify that 'x' is included in the 'select' query parameter.");
  expect(notEmbedded('x', { name: 'x', alias: 'y' }).hint).toBe("Change 'x' to 'y' in filters, orders or limits.");
});

describe('what Postgres reports', () => {
  const cases: readonly (readonly [state: string, message: string, anonymous: number, authenticated: number])[] = [
    ['23503', '', 409, 409],
    ['23505', '', 409, 409],
    ['23502', '', 400, 400],
    ['25006', '', 405, 405],
    ['21000', 'UPDATE requires a WHERE clause', 400, 400],
    ['21000', 'more than one row', 500, 500],
    ['22023', 'role "x" does not exist', 401, 401],
    ['22023', 'invalid value', 400, 400],
    ['22P02', '', 400, 400],
    ['42501', '', 401, 403],
    ['42883', 'function f() does not exist', 404, 404],
    ['42883', 'function xmlagg(json) does not exist', 406, 406],
    ['42P01', '', 404, 404],
    ['42P17', '', 500, 500],
    ['42703', '', 400, 400],
    ['08006', '', 503, 503],
    ['0L000', '', 403, 403],
    ['28000', '', 403, 403],
    ['40001', '', 500, 500],
    ['53300', '', 503, 503],
    ['53400', '', 500, 500],
    ['57014', '', 500, 500],
    ['57P01', '', 503, 503],
    ['P0001', '', 400, 400],
    ['P0002', '', 500, 500],
    ['XX000', '', 500, 500],
    ['PT402', 'Pay up', 402, 402],
    ['PTxyz', '', 500, 500],
    ['PT999', '', 500, 500],
    ['ABCDE', '', 400, 400],
  ];
  test.each(cases)('%s %s', (state, message, anonymous, authenticated) => {
    const error = new DatabaseError(message, state, { detail: 'd', hint: 'h' });
    expect(fromDatabase(error, false)).toMatchObject({
      status: anonymous,
      code: state,
      message,
      details: 'd',
      hint: 'h',
    });
    expect(fromDatabase(error, true)).toMatchObject({ status: authenticated });
  });

  test('a status of its own has a reason of its own', () => {
    expect(fromDatabase(new DatabaseError('Pay up', 'PT402'), true)).toMatchObject({ statusText: 'Pay up' });
  });

  test('a missing login is asked for', () => {
    const headers = [['WWW-Authenticate', 'Bearer']];
    expect(fromDatabase(new DatabaseError('', '42501'), false)).toMatchObject({ headers });
    expect(fromDatabase(new DatabaseError('', '42501'), true)).toMatchObject({ headers: [] });
  });

  test('the connection', () => {
    expect(fromDatabase(new ConnectionError('gone', 'unreachable'), true)).toMatchObject({
      status: 503,
      code: 'PGRST000',
    });
    expect(fromDatabase(new ConnectionError('gone', 'restarted'), true)).toMatchObject({
      status: 503,
      code: 'PGRST001',
    });
    expect(fromDatabase(new ConnectionError('full', 'pool_timeout'), true)).toMatchObject({
      status: 504,
      code: 'PGRST003',
    });
  });

  test('other errors are not touched', () => {
    const error = new Error('bug');
    expect(fromDatabase(error, true)).toBe(error);
  });
});

describe("raise sqlstate 'PGRST'", () => {
  const raise = (message: string, detail?: string) =>
    fromDatabase(new DatabaseError(message, 'PGRST', detail === undefined ? {} : { detail }), true);
  const message = '{"code":"123","message":"Teapot","details":"short","hint":"stout"}';

  test('says everything', () => {
    const detail = '{"status":418,"status_text":"Teapot","headers":{"X-B":"2","X-A":"1"}}';
    expect(raise(message, detail)).toMatchObject({
      status: 418,
      statusText: 'Teapot',
      code: '123',
      message: 'Teapot',
      details: 'short',
      hint: 'stout',
      headers: [
        ['X-A', '1'],
        ['X-B', '2'],
      ],
    });
  });

  const broken: readonly (readonly [name: string, message: string, detail: string | undefined, details: string])[] = [
    ['no JSON', 'x', '{}', "Invalid JSON value for MESSAGE: 'x'"],
    ['no code', '{"message":"x"}', '{}', 'Invalid JSON value for MESSAGE: \'{"message":"x"}\''],
    ['no detail', message, undefined, 'DETAIL is missing in the RAISE statement'],
    ['no status', message, '{"headers":{}}', 'Invalid JSON value for DETAIL: \'{"headers":{}}\''],
    ['no headers', message, '{"status":400}', 'Invalid JSON value for DETAIL: \'{"status":400}\''],
    [
      'a status that HTTP lacks',
      message,
      '{"status":7,"headers":{}}',
      'Invalid JSON value for DETAIL: \'{"status":7,"headers":{}}\'',
    ],
    [
      'a header with a line break',
      message,
      '{"status":400,"headers":{"a":"b\\nc"}}',
      'Invalid JSON value for DETAIL: \'{"status":400,"headers":{"a":"b\\nc"}}\'',
    ],
  ];
  test.each(broken)('%s', (_name, text, detail, details) => {
    expect(raise(text, detail)).toMatchObject({
      status: 500,
      code: 'PGRST121',
      message: 'Could not parse JSON in the "RAISE SQLSTATE \'PGRST\'" error',
      details,
    });
  });
});

describe('responses', () => {
  test("have the dialect's shape and headers", async () => {
    const response = errorResponse(undecodableJwt('JWT "x"'));
    expect(response.status).toBe(401);
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'proxy-status': 'PostgREST; error=PGRST301',
      'www-authenticate': 'Bearer error="invalid_token", error_description="JWT \\"x\\""',
    });
    expect(await response.text()).toBe('{"code":"PGRST301","details":null,"hint":null,"message":"JWT \\"x\\""}');
  });

  test('may be minimal', async () => {
    expect(await errorResponse(anonymousDisabled(), 'minimal').text()).toBe(
      '{"code":"PGRST302","message":"Anonymous access is disabled"}',
    );
  });

  test('never tell of bugs', async () => {
    const response = errorResponse(new Error('password=hunter2'));
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('hunter2');
  });

  test("carry the server's own errors too", async () => {
    const response = errorResponse(new HutchError('body_too_large'));
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'body_too_large' });
  });

  test('survive any code and reason that SQL can raise', () => {
    const response = errorResponse(fromDatabase(new DatabaseError('a\r\nb é', 'PT418'), true));
    expect(response.status).toBe(418);
  });
});
