import { describe, expect, test } from 'bun:test';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { audited } from '../../data/audit/index.ts';
import { objectsOf } from '../../data/objects.ts';
import { engines, freshDatabase } from '../../db/test/engines.ts';
import { forgetOldChanges, outboxHint } from '../database/housekeeping.ts';

const DAY = 86_400_000;
const notes = audited(pgTable('notes', { id: integer('id').primaryKey(), body: text('body') }));
const OUTBOX = `create table hutch_outbox (id int primary key, due_at timestamptz not null default now(), claimed_until timestamptz,
  dead_at timestamptz)`;

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(
    `housekeeping on ${engine.name} ${engine.unavailable ?? ''}`,
    () => {
      test('months of the audit log that are past keeping are dropped; where there is none, nothing happens', async () => {
        await using driver = await freshDatabase(engine);
        const said: unknown[] = [];
        const log = { info: (details: unknown) => void said.push(details) };
        await forgetOldChanges(driver, DAY, log);
        await driver.script('create table notes (id int primary key, body text)');
        for (const object of objectsOf({ notes })) await driver.script(object.up);
        await driver.script(`select hutch.audit_partition('2020-05-15Z'), hutch.audit_partition('2020-06-15Z')`);
        await forgetOldChanges(driver, 0, log);
        expect(said).toEqual([]);
        await forgetOldChanges(driver, 366 * DAY, log);
        await forgetOldChanges(driver, 366 * DAY, log);
        expect(said).toEqual([{ months: 2 }]);
      });

      test('events that nobody takes and events that failed are told', async () => {
        await using driver = await freshDatabase(engine);
        expect(await outboxHint(driver)).toBeUndefined();
        await driver.script(`${OUTBOX}; insert into hutch_outbox (id) values (1)`);
        expect(await outboxHint(driver)).toBeUndefined();
        await driver.script(`insert into hutch_outbox values (2, now(), null, now())`);
        expect(await outboxHint(driver)).toStartWith('1 events of the outbox could not be handled');
        await driver.script(`update hutch_outbox set due_at = now() - interval '1 hour' where id = 1`);
        expect(await outboxHint(driver)).toStartWith('1 events of the outbox have been due');
      });
    },
  );
}
