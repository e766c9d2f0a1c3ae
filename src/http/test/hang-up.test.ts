import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Server } from 'bun';
import type { Driver } from '../../db/index.ts';
import { openPglite } from '../../db/pglite/open.ts';
import { engines } from '../../db/test/engines.ts';
import { eventually } from '../../db/test/eventually.ts';
import { wholeApp } from './whole-app.ts';

const fixture = readFileSync(new URL('../../rest/test/fixture.sql', import.meta.url), 'utf8');
/** A statement that works for as long as it is let: `pg_sleep` would listen to nothing in the embedded engine. */
const busy = `
CREATE FUNCTION api.busy(seconds int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE n int := 0; BEGIN
  WHILE clock_timestamp() < now() + seconds * interval '1 s' LOOP n := n + 1; END LOOP; RETURN n;
END $$;
CREATE FUNCTION api.busy_rows(seconds int) RETURNS SETOF int LANGUAGE plpgsql AS $$
BEGIN
  WHILE clock_timestamp() < now() + seconds * interval '1 s' LOOP RETURN NEXT 1; PERFORM pg_sleep(0.01); END LOOP;
END $$`;

/** Sends a request's beginning as it is, and hangs up when told. */
function hangUp(port: number, text: string, when: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text, () => when.then(() => socket.destroy())));
    socket.on('error', () => {});
    socket.on('close', () => resolve());
  });
}

/** Milliseconds in which a busy machine ends what nobody waits for: less than the statements below take. */
const SOON = 20_000;

const post = (path: string, body: string, length = body.length, type = 'application/json') =>
  `POST /rest/v1${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n${body}`;

for (const engine of engines()) {
  if (engine.unavailable !== undefined) {
    test.skip(`a client hangs up on ${engine.name}: ${engine.unavailable}`, () => {});
    continue;
  }
  describe(`a client hangs up on ${engine.name}`, () => {
    let driver: Driver;
    let server: Server<undefined>;
    const folder = mkdtempSync(join(tmpdir(), 'hutch-hang-up-'));
    beforeAll(async () => {
      // the embedded engine is ended with its statement, and comes back with what is in its folder
      driver = engine.name === 'pglite' ? await openPglite({ dataDir: folder }) : await engine.open();
      await driver.script(fixture);
      await driver.script(busy);
      const { app } = await wholeApp(driver);
      server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: app });
    });
    afterAll(async () => {
      await server.stop(true);
      await driver.close();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Milliseconds until the database has nothing to do any more. */
    const idle = async (): Promise<number> => {
      const start = performance.now();
      while (driver.stats().busy > 0) await Bun.sleep(20);
      return performance.now() - start;
    };
    const port = () => server.port ?? 0;

    const half = '{"body":"ha';
    const unfinished: readonly (readonly [what: string, sent: string])[] = [
      ['half a body', post('/notes', half, 1_000)],
      ['half a stream', post('/notes', '{"body":"a"}\n{"body":"b"', 1_000_000, 'application/x-ndjson')],
      ['half a head', 'POST /rest/v1/notes HTTP/1.1\r\nHost: x\r\nContent-'],
    ];
    for (const [what, sent] of unfinished) {
      test(`after ${what}: nothing is kept`, async () => {
        await hangUp(port(), sent, Bun.sleep(150));
        expect(await idle()).toBeLessThan(SOON);
      });
    }

    const running: readonly (readonly [what: string, sent: string])[] = [
      ['a call', post('/rpc/busy', '{"seconds":40}')],
      [
        'a stream of rows',
        `${post('/rpc/busy_rows', '{"seconds":40}').replace('\r\n', '\r\nAccept: application/x-ndjson\r\n')}`,
      ],
      [
        'a batch',
        post(
          '/',
          '[{"method":"POST","path":"/rpc/busy","body":{"seconds":40}}]',
          undefined,
          'application/vnd.hutch.batch+json',
        ),
      ],
    ];
    for (const [what, sent] of running) {
      test(`while ${what} runs: it is ended`, async () => {
        const running = eventually(() => driver.stats().busy === 1).then(() => Bun.sleep(200));
        await hangUp(port(), sent, running);
        expect(driver.stats().busy).toBe(1);
        expect(await idle()).toBeLessThan(SOON);
        const next = await fetch(`http://127.0.0.1:${port()}/rest/v1/rpc/busy?seconds=0`);
        expect(next.status).toBe(200);
      });
    }
  });
}
