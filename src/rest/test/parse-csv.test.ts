import { describe, expect, test } from 'bun:test';
import { isDialectError } from '../errors/dialect-error.ts';
import { CsvRows } from '../stream/csv-rows.ts';
import { eachEngine, jsonOf, type RestBench } from './app.ts';
import { read, refusal } from './request.ts';

/** A body of text, or one that is none. */
type Body = string | Uint8Array;

const bytesOf = (body: Body): Uint8Array => (typeof body === 'string' ? new TextEncoder().encode(body) : body);
/** Each character is a byte. */
const raw = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** What an unmodified PostgREST made of the same bodies. */
const taken: readonly (readonly [title: string, body: string, rows: readonly object[]])[] = [
  ['quotes, commas and line ends in quotes', 'id,name\n1,"a ""q"", b\nc"\n', [{ id: '1', name: 'a "q", b\nc' }]],
  ['nothing but doubled quotes', 'id,name\n"""","""a"""\n', [{ id: '"', name: '"a"' }]],
  ['every line end in quotes', 'id\n"a\r\nb\rc\n\nd"\n2', [{ id: 'a\r\nb\rc\n\nd' }, { id: '2' }]],
  [
    'the bare word NULL',
    'id,name\nNULL,null\n NULL,\n',
    [
      { id: null, name: 'null' },
      { id: ' NULL', name: '' },
    ],
  ],
  ['the word NULL in quotes', 'id\n"NULL"\n', [{ id: null }]],
  ['any end of a line', 'id\r\n1\r2\n3', [{ id: '1' }, { id: '2' }, { id: '3' }]],
  ['an LF before a CR', 'id\n1\n\r2\n', [{ id: '1' }, { id: '2' }]],
  ['a CR at the end', 'id\r1\r', [{ id: '1' }]],
  ['blank lines', 'id\n\n1\n\n""\n', [{ id: '1' }]],
  ['blank lines that end in CRLF', 'id\r\n\r\n1\r\n\r\n', [{ id: '1' }]],
  ['cells without text', 'id,name\n,\n', [{ id: '', name: '' }]],
  ['more cells than names', 'id\n1,2,3\n', [{ id: '1' }]],
  ['more cells than names in some lines', 'id,name\n1,2,3\n4,5\n', [{ id: '1', name: '2' }, { id: '4', name: '5' }]], // biome-ignore format: one line a case
  ['fewer cells than names, in every line', 'id,name\n1\n2\n', [{ id: '1' }, { id: '2' }]],
  ['a name twice', 'id,id\n1,2\n', [{ id: '2' }]],
  ['a name twice, and only its first cell', 'id,name,id\n1,2\n', [{ id: '1', name: '2' }]],
  ['names in quotes', '"id","name"\n1,2\n', [{ id: '1', name: '2' }]],
  ['letters of several bytes', 'id,name\né€,😀\n', [{ id: 'é€', name: '😀' }]],
  ['a quote that nothing closes', 'id,name\n1,"abc\n', [{ id: '1', name: 'abc' }]],
  ['such a quote at the very end', 'id,name\n1,"abc', [{ id: '1', name: 'ab' }]],
  ['such a quote after a doubled one', 'id,name\n1,"a""\n', [{ id: '1', name: 'a"' }]],
  ['a doubled quote before the last', 'id,name\n1,"a"""', [{ id: '1', name: 'a"' }]],
  ['no line end after the last row', 'id,name\n1,2', [{ id: '1', name: '2' }]],
  ['a comma at the very end', 'id,name\n1,', [{ id: '1', name: '' }]],
  ['nothing but names', 'id,name\n', []],
  ['nothing but names that are no columns', 'nope\n', []],
  ['nothing but the end of a line', '\n', []],
];

/** And what it refused; `line` is where, which is only said of a body that is streamed. */
const refused: readonly (readonly [title: string, body: Body, line: number, message: string])[] = [
  ['nothing', '', 1, 'parse error (not enough input) at ""'],
  ['names without an end', 'id,name', 1, 'parse error (not enough input) at ""'],
  ['a name in an open quote', 'id,"name\n1,2\n', 3, 'parse error (not enough input) at ""'],
  ['text behind a quote', 'id,name\n1,"a"b\n', 2, 'parse error (Failed reading: satisfy) at "b\\n"'],
  ['a space behind a quote', 'id\n"a" \n', 2, 'parse error (Failed reading: satisfy) at " \\n"'],
  ['text behind a quoted name', '"id"x\n1\n', 1, 'parse error (Failed reading: satisfy) at "x\\n1\\n"'],
  ['a quote inside a cell', 'id,name\n1, "b"\n', 2, 'parse error (Failed reading: satisfy) at "\\"b\\"\\n"'],
  ['a quote inside a name', 'i"d\na\n', 1, 'parse error (Failed reading: satisfy) at "\\"d\\na\\n"'],
  ['text behind a quote of two lines', 'id\n"1\r\n2"b', 3, 'parse error (Failed reading: satisfy) at "b"'],
  ['letters of several bytes', 'id\n""é1\n', 2, 'parse error (Failed reading: satisfy) at "\\195\\169\\&1\\n"'],
  [
    'a rest of 100 bytes',
    `id\n""${'x'.repeat(100)}`,
    2,
    `parse error (Failed reading: satisfy) at "${'x'.repeat(100)}"`,
  ],
  ['a longer rest', `id\n""${'x'.repeat(120)}\n`, 2, `parse error (Failed reading: satisfy) at ${'x'.repeat(100)} (truncated)`], // biome-ignore format: one line a case
  ['a quote that opens at the very end', 'id\n"', 2, 'parse error (Failed reading: trailing double quote) at ""'],
  ['a quote doubled at the very end', 'id\n"a""', 2, 'parse error (Failed reading: insufficient input) at ""'],
  ['lines of different lengths', 'id,name\n1\n2,3\n', 3, 'All lines must have same number of fields'],
  ['a line of several that is shorter', 'id,name\n"1\n",2\n\n3\n', 5, 'All lines must have same number of fields'],
];

/** Where PostgREST falls over. */
const broken: readonly (readonly [title: string, body: Uint8Array, line: number])[] = [
  ['a byte that is none', raw('id\n1\n2\xff\n'), 3],
  ['a byte that is none, in a name', raw('i\xff\n1\n'), 1],
  ['a character cut by the end of the line', raw('id\n\xc3\n'), 2],
  ['a character cut by a quote, and lines in quotes', raw('id\n"a\nb\xe2\x82"\n'), 3],
  ['a character cut by the end of the body', raw('id\n1\r\n2\r\xf0\x9f\x98'), 4],
];

const csv = (body: Body) => ({ method: 'POST', headers: { 'content-type': 'text/csv' }, body });

/** As pieces that know nothing of cells or characters. */
async function* cut(body: Body, size: number): AsyncGenerator<Uint8Array> {
  const bytes = bytesOf(body);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function streamed(body: Body, size: number, longest = 1_000): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const some of new CsvRows(cut(body, size), longest).read()) {
    rows.push(...some.map((row): unknown => JSON.parse(row.text)));
  }
  return rows;
}

const refusalOf = (body: Body, size: number, longest?: number): Promise<unknown> =>
  streamed(body, size, longest).catch((error: unknown) => error);

const SIZES = [1, 2, 3, 5, 1_000];

describe('CSV', () => {
  test.each(taken)('with %s', async (_title, body, rows) => {
    const { payload } = read('/films', csv(body));
    expect(payload?.kind === 'json' && JSON.parse(payload.text)).toEqual(rows);
    for (const size of SIZES) expect(await streamed(body, size)).toEqual([...rows]);
  });

  test.each(refused)('refuses %s', async (_title, body, line, message) => {
    const answer = { status: 400, code: 'PGRST102', message };
    expect(refusal('/films', csv(body))).toMatchObject({ ...answer, details: null });
    for (const size of SIZES) {
      expect(await refusalOf(body, size)).toMatchObject({ ...answer, details: `Line ${line} of the body.` });
    }
  });

  test.each(broken)('refuses %s', async (_title, body, line) => {
    const answer = { status: 400, code: 'HUTCH108', message: `Line ${line} of the body cannot be read` };
    expect(refusal('/films', csv(body))).toMatchObject(answer);
    for (const size of SIZES) expect(await refusalOf(body, size)).toMatchObject(answer);
  });

  test('takes any number of names in a time that grows with them', async () => {
    const names = Array.from({ length: 200_000 }, (_, n) => `c${n}`);
    const [row] = await streamed(`${names}\n${names}`, 65_536, 10_000_000);
    expect(row).toMatchObject({ c0: 'c0', c199999: 'c199999' });
  });

  test('refuses a row that is too long to be held, wherever the body is cut', async () => {
    const long = `id\n1\n"${'x\n'.repeat(2_000)}"\n`;
    for (const size of [1, 7, 100]) {
      expect(await refusalOf(long, size, 2_000)).toMatchObject({ status: 400, code: 'HUTCH108' });
      expect(await streamed(long, size, 5_000)).toHaveLength(2);
    }
    expect(isDialectError(await refusalOf(`${'x'.repeat(9_000)}\n1`, 7))).toBe(true);
  });
});

/** The reader is the same, only the way to it is another: some of the cases show that. */
const some = <T>(cases: readonly T[]): readonly T[] => cases.filter((_, index) => index % 5 === 0);

/** More than what is read at once, and none of it a row. */
const BLANK = '\n'.repeat(1_100_000);

eachEngine(
  'CSV that is inserted',
  (bench) => {
    const insert = (body: Body, prefer = 'tx=commit') => {
      const headers = { 'content-type': 'text/csv', prefer };
      return bench()
        .app()
        .request('/rest/v1/odd', { method: 'POST', headers, body: bytesOf(body) });
    };
    /** What the table has after the insert, and has no more. */
    const stored = async ({ driver }: RestBench): Promise<unknown> => {
      const { rows } = await driver.query({ text: `SELECT coalesce(json_agg(o ORDER BY ctid), '[]') FROM api.odd o` });
      await driver.query({ text: 'TRUNCATE api.odd' });
      return JSON.parse(rows[0]?.[0] ?? '');
    };
    const both = (body: string) => [body, body.replace(/\r\n|\r|\n/, (end) => `${end}${BLANK}`)];

    test.each(some(taken))('with %s, short or long', async (_title, text, rows) => {
      for (const body of both(text)) {
        const response = await insert(body);
        expect([response.status, await response.text()]).toEqual([201, '']);
        expect(await stored(bench())).toEqual(rows.map((row) => ({ id: null, name: null, ...row })));
      }
    });

    test.each(some(refused.filter(([, , line]) => line > 1)))(
      'refuses %s, short or long',
      async (_title, text, _line, message) => {
        for (const body of both(String(text))) {
          const response = await insert(body);
          expect([response.status, await response.json()]).toMatchObject([400, { code: 'PGRST102', message }]);
        }
        expect(await stored(bench())).toEqual([]);
      },
    );

    test('passes over a byte order mark, short or long', async () => {
      for (const body of both('\uFEFFid\n1\n')) {
        expect((await insert(body)).status).toBe(201);
        expect(await stored(bench())).toEqual([{ id: '1', name: null }]);
      }
    });

    test('names a column that is not there, short or long', async () => {
      const answers = both('id,nmae\n1,2\n').map(async (body) => jsonOf(await insert(body)));
      const [short, long] = await Promise.all(answers);
      expect(short).toMatchObject({ code: 'PGRST204' });
      expect(long).toEqual(short);
    });

    test('takes a cell of many megabytes, with a representation or without', async () => {
      const body = `id,name\n1,"${'ä""\n'.repeat(1_000_000)}"\n`;
      for (const prefer of ['tx=commit', 'tx=commit, return=representation']) {
        expect((await insert(body, prefer)).status).toBe(201);
        const { rows } = await bench().driver.query({ text: 'SELECT length(name) FROM api.odd' });
        expect(rows).toEqual([['3000000']]);
        await stored(bench());
      }
    });
  },
  'CREATE TABLE api.odd (id text, name text); GRANT ALL ON api.odd TO rest_anon',
);
