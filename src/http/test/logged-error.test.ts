import { expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { integer, snakeCase, text } from 'drizzle-orm/pg-core';
import { drizzleOver } from '../../db/drizzle/drizzle.ts';
import { engines, freshDatabase } from '../../db/test/engines.ts';
import { createLogger } from '../logger.ts';

const people = snakeCase.table('people', { id: integer().primaryKey(), email: text().notNull().unique() });

for (const engine of engines()) {
  test.skipIf(engine.unavailable !== undefined)(`no value reaches the log of a failure on ${engine.name}`, async () => {
    await using driver = await freshDatabase(engine);
    await driver.script('create table people (id integer primary key, email text not null unique)');
    const db = drizzleOver(driver);
    await db.insert(people).values({ id: 1, email: 'ada@example.com' });
    let lines = '';
    const log = await createLogger({
      level: 'info',
      pretty: false,
      destination: { write: (line) => (lines += line) },
    });
    const failures = [
      () => db.insert(people).values({ id: 2, email: 'ada@example.com' }),
      () => db.select().from(people).where(eq(people.id, Number.NaN)),
    ];
    for (const fail of failures) {
      const error = await fail().then(
        () => undefined,
        (cause: unknown) => cause,
      );
      log.error({ err: error }, 'a request failed');
    }
    expect(lines).not.toContain('ada@');
    expect(lines).not.toContain('NaN');
    expect(lines).toContain('people_email_key');
    expect(lines).toContain('insert into');
    expect(lines).toContain('22P02');
  });
}
