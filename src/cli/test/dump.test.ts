import { describe, expect, spyOn, test } from 'bun:test';
import { openPglite } from '../../db/index.ts';
import { engines, freshDatabase, postgresUrl, withDatabase } from '../../db/test/engines.ts';
import { openWire } from '../../wire/index.ts';
import { dumpDatabase } from '../dump/dump.ts';
import { DumpSession } from '../dump/dump-session.ts';

const SCHEMA = `CREATE TYPE mood AS ENUM ('a', 'b');
CREATE TABLE people (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, m mood, j jsonb, b bytea, names text[], born date);
INSERT INTO people (m, j, b, names, born) SELECT 'a', '{"x": "ö''\\\\"}', '\\xdead', '{a,"b c"}', '2026-01-02' FROM generate_series(1, 300);
CREATE VIEW grown AS SELECT id FROM people WHERE born < '2020-01-01';
CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone ON people USING (true);`;

const dumped = async (url: string): Promise<string> =>
  Buffer.concat(await Array.fromAsync(dumpDatabase({ url }))).toString();

const STATE = `SELECT md5(string_agg(p::text, ',' ORDER BY id)) FROM people p`;

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(
    `a dump, loaded into ${engine.name} ${engine.unavailable ?? ''}`,
    () => {
      test('is the same database again', async () => {
        const source = await openPglite();
        const wire = openWire(source, { port: 0 });
        try {
          await source.script(SCHEMA);
          const sql = await dumped(wire.url);
          await using copy = await freshDatabase(engine);
          const session = await copy.session();
          await session.script(sql);
          await session.release();
          const states = await Promise.all([source.query({ text: STATE }), copy.query({ text: STATE })]);
          expect(states[1].rows).toEqual(states[0].rows);
          const { rows } = await copy.query({
            text: 'SELECT polname, one() FROM pg_policy, grown RIGHT JOIN (SELECT 1) s ON true',
          });
          expect(rows).toEqual([['everyone', '1']]);
        } finally {
          await wire.stop();
          await source.close();
        }
      }, 60_000);
    },
  );
}

test('a server that is newer than the pg_dump there is: what to install', async () => {
  const source = await openPglite();
  const wire = openWire(source, { port: 0 });
  const open = DumpSession.open;
  const opening = spyOn(DumpSession, 'open').mockImplementation(async (address) =>
    Object.defineProperty(await open(address), 'serverVersion', { value: '99.1' }),
  );
  try {
    const refused = await dumped(wire.url).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'dump_failed', hint: 'Install pg_dump 99: it is used then' });
  } finally {
    opening.mockRestore();
    await wire.stop();
    await source.close();
  }
}, 60_000);

const psql = Bun.which('psql');
const server = engines().find(({ name }) => name === 'postgres');
const why = psql === null ? 'psql is missing' : server?.unavailable;

test.skipIf(server?.unavailable !== undefined)(
  `a server that asks for a password is dumped too ${server?.unavailable ?? ''}`,
  async () => {
    if (server === undefined) return;
    await using source = await freshDatabase(server);
    await source.script(SCHEMA);
    const { rows } = await source.query({ text: 'SELECT current_database()' });
    const sql = await dumped(withDatabase(await postgresUrl(), String(rows[0]?.[0])));
    await using copy = await freshDatabase(server);
    const session = await copy.session();
    await session.script(sql);
    await session.release();
    const states = await Promise.all([source.query({ text: STATE }), copy.query({ text: STATE })]);
    expect(states[1].rows).toEqual(states[0].rows);
  },
  60_000,
);

describe.skipIf(why !== undefined)(`a dump and psql ${why ?? ''}`, () => {
  test('psql loads it into a server without an error', async () => {
    if (server === undefined) return;
    const source = await openPglite();
    const wire = openWire(source, { port: 0 });
    try {
      await source.script(SCHEMA);
      const sql = await dumped(wire.url);
      await using copy = await freshDatabase(server);
      const { rows } = await copy.query({ text: 'SELECT current_database()' });
      const url = withDatabase(await postgresUrl(), String(rows[0]?.[0]));
      const child = Bun.spawn(['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', url], {
        stdin: Buffer.from(sql),
        stderr: 'pipe',
      });
      expect([await child.exited, await child.stderr.text()]).toEqual([0, '']);
      const states = await Promise.all([source.query({ text: STATE }), copy.query({ text: STATE })]);
      expect(states[1].rows).toEqual(states[0].rows);
    } finally {
      await wire.stop();
      await source.close();
    }
  }, 60_000);
});
