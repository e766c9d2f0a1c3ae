import { describe, expect, test } from 'bun:test';
import { courseOf } from '../files/segments.ts';

interface Case {
  readonly name: string;
  readonly sql: string;
  /** For each segment, whether it is a transaction and how many statements it has. */
  readonly gives: readonly (readonly [boolean, number])[];
}

const cases: readonly Case[] = [
  { name: 'usually one transaction', sql: 'create table a(); create index on a(b)', gives: [[true, 2]] },
  {
    name: 'BEGIN and COMMIT of the file are ours already',
    sql: 'BEGIN; create table a(); COMMIT;',
    gives: [[true, 1]],
  },
  {
    name: 'an index built concurrently stands alone',
    sql: 'create table a(); create unique index concurrently i on a(b); drop table c',
    gives: [
      [true, 1],
      [false, 1],
      [true, 1],
    ],
  },
  { name: 'the words in a comment do not count', sql: 'create /* concurrently */ index i on a(b)', gives: [[true, 1]] },
  {
    name: 'a new enum value that is used later',
    sql: `alter type s add value 'x'; alter type s add value 'y'; alter table a alter b set default 'x'`,
    gives: [
      [true, 2],
      [true, 1],
    ],
  },
  {
    name: 'a new enum value that is not',
    sql: `alter type s add value 'x'; alter table a add c text`,
    gives: [[true, 2]],
  },
  {
    name: 'the file says so',
    sql: '-- hutch: no-transaction\nselect 1; select 2',
    gives: [
      [false, 1],
      [false, 1],
    ],
  },
  { name: 'vacuum', sql: 'vacuum full a', gives: [[false, 1]] },
];

describe('a file is one transaction, unless Postgres refuses', () => {
  for (const { name, sql, gives } of cases) {
    test(name, () => {
      const found = courseOf(sql).segments.map((it): [boolean, number] => [it.transaction, it.statements.length]);
      expect(found).toEqual(gives.map(([transaction, count]): [boolean, number] => [transaction, count]));
    });
  }
});
