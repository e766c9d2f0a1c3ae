import { describe, expect, test } from 'bun:test';
import { warningsOf } from '../write/warnings.ts';

const cases: readonly { readonly sql: string; readonly gives: readonly string[] }[] = [
  { sql: 'CREATE INDEX "i" ON "t" ("a")', gives: ['index-locks-writes'] },
  { sql: 'CREATE INDEX CONCURRENTLY "i" ON "t" ("a")', gives: [] },
  { sql: 'CREATE TABLE "t" ("a" int); CREATE INDEX "i" ON "t" ("a")', gives: [] },
  { sql: 'CREATE TABLE "t" ("a" int); ALTER TABLE "public"."t" ADD COLUMN "b" text NOT NULL', gives: [] },
  { sql: 'ALTER TABLE "t" ADD COLUMN "b" text NOT NULL', gives: ['not-null-without-default'] },
  { sql: `ALTER TABLE "t" ADD COLUMN "b" text DEFAULT '' NOT NULL`, gives: [] },
  { sql: 'ALTER TABLE "t" ADD COLUMN "b" uuid DEFAULT gen_random_uuid() NOT NULL', gives: ['default-rewrites'] },
  { sql: 'ALTER TABLE "t" ALTER COLUMN "b" SET NOT NULL', gives: ['set-not-null-scans'] },
  { sql: 'ALTER TABLE "t" ALTER COLUMN "b" SET DATA TYPE bigint', gives: ['type-change-rewrites'] },
  { sql: 'ALTER TABLE "t" ALTER COLUMN "b" SET DATA TYPE text', gives: [] },
  { sql: 'ALTER TABLE "t" ADD CONSTRAINT "f" FOREIGN KEY ("a") REFERENCES "u"("id")', gives: ['foreign-key-scans'] },
  { sql: 'ALTER TABLE "t" ADD CONSTRAINT "f" FOREIGN KEY ("a") REFERENCES "u"("id") NOT VALID', gives: [] },
  { sql: 'ALTER TABLE "t" ADD CONSTRAINT "c" CHECK ("a" > 0)', gives: ['check-scans'] },
  { sql: 'ALTER TABLE "t" ADD CONSTRAINT "u" UNIQUE ("a")', gives: ['key-locks-table'] },
  { sql: 'ALTER TABLE "t" DROP COLUMN "a"', gives: ['drops-column'] },
  { sql: 'DROP TABLE "t"', gives: ['drops-table'] },
  { sql: 'ALTER TABLE "t" RENAME COLUMN "a" TO "b"', gives: ['rename-breaks-code'] },
  { sql: 'VACUUM FULL "t"', gives: ['rewrites-table'] },
  { sql: `INSERT INTO t VALUES ('DROP TABLE x')`, gives: [] },
];

describe('warnings of what hurts in production', () => {
  for (const { sql, gives } of cases) {
    test(sql, () => expect(warningsOf(sql).map((it) => it.rule)).toEqual([...gives]));
  }

  test('say where', () => {
    const [warning] = warningsOf('SELECT 1;\n  DROP TABLE t;');
    expect(warning?.place).toEqual({ line: 2, column: 3 });
  });
});
