import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { placeOf, skeleton, splitStatements } from '../files/statements.ts';

interface Case {
  readonly name: string;
  readonly sql: string;
  readonly gives: readonly string[];
}

const cases: readonly Case[] = [
  { name: 'semicolons', sql: 'a; b ;c', gives: ['a', 'b', 'c'] },
  { name: 'nothing in nothing', sql: ' ; ;\n-- only a comment\n;/* and */', gives: [] },
  { name: "Drizzle's breakpoints", sql: 'a;\n--> statement-breakpoint\nb', gives: ['a', 'b'] },
  { name: 'breakpoints without semicolons', sql: 'a--> statement-breakpoint\nb', gives: ['a', 'b'] },
  { name: 'strings', sql: `select ';', 'it''s; ok'; x`, gives: [`select ';', 'it''s; ok'`, 'x'] },
  { name: 'a backslash is plain in a string', sql: `select '\\'; x`, gives: [`select '\\'`, 'x'] },
  { name: 'and escapes in an E string', sql: `select E'\\';'; x`, gives: [`select E'\\';'`, 'x'] },
  { name: 'quoted identifiers', sql: `select "a;""b"; x`, gives: [`select "a;""b"`, 'x'] },
  { name: 'dollar quotes', sql: 'do $$ a; b; $$; x', gives: ['do $$ a; b; $$', 'x'] },
  { name: 'tagged dollar quotes hold others', sql: 'do $x$ $$;$$ ; $x$; y', gives: ['do $x$ $$;$$ ; $x$', 'y'] },
  { name: 'a parameter is no dollar quote', sql: 'select $1; select $2', gives: ['select $1', 'select $2'] },
  { name: 'a dollar within a name', sql: 'select a$b$c; x', gives: ['select a$b$c', 'x'] },
  { name: 'line comments', sql: 'a -- ; not here\n, b; c', gives: ['a -- ; not here\n, b', 'c'] },
  { name: 'nested comments', sql: 'a /* ; /* ; */ ; */ b; c', gives: ['a /* ; /* ; */ ; */ b', 'c'] },
  { name: 'leading comments are left out', sql: '-- hello\n/* you */ a;', gives: ['a'] },
  {
    name: 'rules with several actions',
    sql: 'create rule r as on insert to t do (delete from a; delete from b); x',
    gives: ['create rule r as on insert to t do (delete from a; delete from b)', 'x'],
  },
  {
    name: 'SQL-standard function bodies',
    sql: 'create function f() returns int begin atomic; select case when true then 1 end; select 2; end; x',
    gives: ['create function f() returns int begin atomic; select case when true then 1 end; select 2; end', 'x'],
  },
  { name: 'unfinished quotes end with the text', sql: `select 'a; b`, gives: [`select 'a; b`] },
];

describe('statements are split as Postgres reads them', () => {
  for (const { name, sql, gives } of cases) {
    test(name, () => expect(splitStatements(sql).map((it) => it.text)).toEqual([...gives]));
  }

  test('each stands where it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (sql) => {
        for (const { text, offset } of splitStatements(sql)) expect(sql.slice(offset, offset + text.length)).toBe(text);
      }),
    );
  });

  test('lines and columns count from 1', () => {
    expect(placeOf('ab\ncd', 0)).toEqual({ line: 1, column: 1 });
    expect(placeOf('ab\ncd', 4)).toEqual({ line: 2, column: 2 });
  });

  test('a skeleton has no comments and no strings', () => {
    expect(skeleton(`create /* concurrently */ index -- no\n on t ('drop table')`)).toBe('create index on t ( )');
  });
});
