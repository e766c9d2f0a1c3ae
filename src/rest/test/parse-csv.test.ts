import { describe, expect, test } from 'bun:test';
import { read, refusal } from './request.ts';

const csv = (body: string) => ({ method: 'POST', headers: { 'content-type': 'text/csv' }, body });

/** What an unmodified PostgREST made of the same bodies. */
describe('CSV', () => {
  const taken: readonly (readonly [title: string, body: string, rows: unknown])[] = [
    ['quotes, commas and line ends in quotes', 'id,name\n1,"a ""q"", b\nc"\n', [{ id: '1', name: 'a "q", b\nc' }]],
    [
      'the bare word NULL',
      'id,name\n"NULL",null\n NULL,\n',
      [
        { id: null, name: 'null' },
        { id: ' NULL', name: '' },
      ],
    ],
    ['any end of a line', 'id\r\n1\r2\n3', [{ id: '1' }, { id: '2' }, { id: '3' }]],
    ['blank lines', 'id\n\n1\n\n""\n', [{ id: '1' }]],
    ['more cells than names', 'id\n1,2,3\n', [{ id: '1' }]],
    ['fewer cells than names, in every line', 'id,name\n1\n2\n', [{ id: '1' }, { id: '2' }]],
    ['a name twice', 'id,id\n1,2\n', [{ id: '2' }]],
    ['a quote that nothing closes', 'id,name\n1,"abc\n', [{ id: '1', name: 'abc' }]],
    ['such a quote at the very end', 'id,name\n1,"abc', [{ id: '1', name: 'ab' }]],
    ['such a quote after a doubled one', 'id,name\n1,"a""\n', [{ id: '1', name: 'a"' }]],
    ['nothing but names', 'id,name\n', []],
  ];
  test.each(taken)('with %s', (_title, body, rows) => {
    const { payload } = read('/films', csv(body));
    expect(payload?.kind === 'json' && JSON.parse(payload.text)).toEqual(rows);
  });

  const refused: readonly (readonly [title: string, body: string, message: string])[] = [
    ['nothing', '', 'parse error (not enough input) at ""'],
    ['names without an end', 'id,name', 'parse error (not enough input) at ""'],
    ['a name in an open quote', 'id,"name\n1,2\n', 'parse error (not enough input) at ""'],
    ['text behind a quote', 'id,name\n1,"a"b\n', 'parse error (Failed reading: satisfy) at "b\\n"'],
    ['text behind a quoted name', '"id"x\n1\n', 'parse error (Failed reading: satisfy) at "x\\n1\\n"'],
    ['a quote inside a cell', 'id,name\n1, "b"\n', 'parse error (Failed reading: satisfy) at "\\"b\\"\\n"'],
    ['letters of several bytes', 'id\n""é1\n', 'parse error (Failed reading: satisfy) at "\\195\\169\\&1\\n"'],
    [
      'a long rest',
      `id\n""${'x'.repeat(120)}\n`,
      `parse error (Failed reading: satisfy) at ${'x'.repeat(100)} (truncated)`,
    ],
    ['lines of different lengths', 'id,name\n1\n2,3\n', 'All lines must have same number of fields'],
  ];
  test.each(refused)('refuses %s', (_title, body, message) => {
    expect(refusal('/films', csv(body))).toMatchObject({ status: 400, code: 'PGRST102', message });
  });
});
