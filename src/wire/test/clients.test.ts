import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { connect } from 'node:net';
import postgres from 'postgres';
import { eventually } from '../../db/test/eventually.ts';
import { openWire, type WireOptions } from '../index.ts';
import { Clients, code, column, openWireTarget, value, type WireTarget } from './targets.ts';

const psql = Bun.which('psql');
const pgbench = Bun.which('pgbench');

describe('clients of the port', () => {
  let target: WireTarget;
  let clients: Clients;
  beforeAll(async () => {
    target = await openWireTarget();
    clients = new Clients(target.url);
    await target.driver.script('CREATE TABLE counters (id int PRIMARY KEY, n int); INSERT INTO counters VALUES (1, 0)');
  });
  afterAll(async () => {
    await clients.end();
    await target.close();
  });

  const run = async (command: string[], input = '') => {
    const process = Bun.spawn(command, { stdin: Buffer.from(input), stdout: 'pipe', stderr: 'pipe' });
    const [out, complaint] = await Promise.all([
      new Response(process.stdout).text(),
      new Response(process.stderr).text(),
    ]);
    return { out, complaint, status: await process.exited };
  };

  test.skipIf(psql === null)('psql: describes, copies both ways, reports errors', async () => {
    const script = `CREATE TABLE fruit (id int, name text);
\\copy fruit from stdin
1\tapple
2\tpear
\\.
\\d fruit
COPY fruit TO STDOUT WITH CSV;
SELECT nope;
\\copy fruit from stdin
x\tbad
\\.
SELECT count(*) FROM fruit;
`;
    const { complaint, out } = await run(['psql', target.url, '-At'], script);
    expect(out).toContain('1,apple\n2,pear\n');
    expect(out.trim().endsWith('2')).toBe(true);
    expect(complaint).toContain('column "nope" does not exist');
    expect(complaint).toContain('invalid input syntax for type integer: "x"');
  });

  test('a COPY far larger than what is kept in memory', async () => {
    const sql = postgres(target.url, { max: 1 });
    await sql`CREATE TABLE large (id int, filler text)`;
    const writable = await sql`COPY large FROM STDIN`.writable();
    const filler = 'x'.repeat(1000);
    for (let index = 0; index < 10_000; index++) {
      if (!writable.write(`${index}\t${filler}\n`)) await new Promise((resolve) => writable.once('drain', resolve));
    }
    await new Promise<void>((resolve) => writable.end(resolve));
    expect((await sql`SELECT count(*)::int AS n, sum(id)::int AS s FROM large`)[0]).toEqual({
      n: 10_000,
      s: 49_995_000,
    });
    let bytes = 0;
    for await (const chunk of await sql`COPY large TO STDOUT`.readable()) bytes += chunk.length;
    expect(bytes).toBe(10_000 * 1002 + 38_890);
    await sql.end();
  }, 60_000);

  test('postgres.js: pipelines, transactions with savepoints, cursors, listen', async () => {
    const sql = postgres(target.url, { max: 3, onnotice: () => {} });
    const many = await Promise.all(Array.from({ length: 60 }, (_, index) => sql`SELECT ${index}::int AS i`));
    expect(many.map(([row]) => row?.i)).toEqual(Array.from({ length: 60 }, (_, index) => index));
    await sql.begin(async (tx) => {
      await tx`UPDATE counters SET n = 10`;
      await tx.savepoint((inner) => inner`SELECT 1/0`).catch(() => {});
    });
    const heard: string[] = [];
    await sql.listen('news', (payload) => heard.push(payload));
    await target.driver.notify('news', 'from the server itself');
    await sql.notify('news', 'from a client');
    await eventually(() => heard.length === 2);
    expect(heard).toEqual(['from the server itself', 'from a client']);
    const batches: number[] = [];
    await sql`SELECT generate_series(1, 10) AS i`.cursor(4, (rows) => void batches.push(rows.length));
    expect([await sql`SELECT n FROM counters`.then(([row]) => row?.n), batches]).toEqual([10, [4, 4, 2]]);
    await sql.end();
  });

  test('a pool of postgres.js: transactions whose first statement is prepared and described in half a cycle', async () => {
    await target.driver.script('UPDATE counters SET n = 0');
    const sql = postgres(target.url, { max: 20 });
    const add = (by: number) => sql.begin((tx) => tx`UPDATE counters SET n = n + ${by} WHERE id = ${1}`);
    const undo = (by: number) =>
      sql.begin(async (tx) => {
        await tx`UPDATE counters SET n = n + ${by}, id = ${1}`;
        throw new Error('undone');
      });
    const jobs = Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? undo(100) : add(1)));
    const ended = await Promise.allSettled(jobs);
    const reasons = ended.map((job) => (job.status === 'rejected' ? job.reason.message : 'done'));
    expect([...new Set(reasons)].toSorted()).toEqual(['done', 'undone']);
    expect((await sql`SELECT n FROM counters`)[0]?.n).toBe(40);
    await sql.end();
  });

  test('twenty clients at once lose nothing, and the server gets its turns', async () => {
    await target.driver.script('UPDATE counters SET n = 0');
    const workers = await Promise.all(Array.from({ length: 20 }, () => clients.connect()));
    let served = 0;
    const serving = (async () => {
      for (let index = 0; index < 50; index++) {
        await target.driver.query({ text: 'UPDATE counters SET n = n + 1 WHERE id = 1' });
        served++;
      }
    })();
    await Promise.all(
      workers.map(async (client, index) => {
        await client.query(`SET application_name = 'worker ${index}'`);
        for (let round = 0; round < 10; round++) {
          await client.query('BEGIN');
          const read = await value(client, 'SELECT n FROM counters WHERE id = 1');
          await client.query('UPDATE counters SET n = $1 WHERE id = 1', [Number(read) + 1]);
          await client.query('COMMIT');
        }
        expect(await value(client, 'SHOW application_name')).toBe(`worker ${index}`);
      }),
    );
    await serving;
    const { rows } = await target.driver.query({ text: 'SELECT n FROM counters WHERE id = 1' });
    expect([rows[0]?.[0], served]).toEqual(['250', 50]);
    await Promise.all(workers.map((client) => client.end()));
  });

  /** Another port onto the same database, with limits of its own. */
  const limited = async (limits: Partial<WireOptions>, work: (clients: Clients) => Promise<void>) => {
    const wire = openWire(target.driver, { port: 0, ...limits });
    const own = new Clients(wire.url);
    try {
      await work(own);
    } finally {
      await own.end();
      await wire.stop();
    }
  };

  test('a client idle in a transaction is ended, with the limit named, once others wait', () =>
    limited({ idleInTransaction: 100 }, async (clients) => {
      const [idle, other] = [await clients.connect(), await clients.connect()];
      const told = Promise.withResolvers<Error>();
      idle.on('error', told.resolve);
      await idle.query('BEGIN');
      await idle.query('UPDATE counters SET n = 999');
      expect(await value(other, 'SELECT n FROM counters')).toBe(250);
      const error = await told.promise;
      expect(error).toMatchObject({ code: '25P03', hint: expect.stringContaining('HUTCH_PG_IDLE_IN_TRANSACTION') });
    }));

  test('who waits too long is told so, and can go on', () =>
    limited({ wait: 300 }, async (clients) => {
      const [busy, waiting] = [await clients.connect(), await clients.connect()];
      await busy.query('BEGIN');
      await busy.query('SELECT 1');
      expect(await code(waiting.query('SELECT 1'))).toBe('55P03');
      await busy.query('ROLLBACK');
      expect(await value(waiting, 'SELECT 1')).toBe(1);
    }));

  test('a cancel ends what runs, and what waits', async () => {
    const [client, other] = [await clients.connect(), await clients.connect()];
    const cancel = async (pid: number, key: number) => {
      const packet = Buffer.alloc(16);
      for (const [index, word] of [16, 80877102, pid, key].entries()) packet.writeInt32BE(word | 0, index * 4);
      const socket = connect(target.port, '127.0.0.1');
      socket.end(packet);
      await new Promise((resolve) => socket.once('close', resolve));
    };
    const keys = (of: unknown) => of as { processID: number; secretKey: number };
    await other.query("SET app.mark = 'kept'; PREPARE mark AS SELECT 5");
    const running = code(client.query("SELECT count(*) FROM generate_series(1, 1000000000) g WHERE g::text = 'x'"));
    await eventually(() => target.driver.stats().busy > 0);
    await Bun.sleep(100); // by now it runs; where it does not yet, the cancel must not be lost either
    await cancel(keys(client).processID, keys(client).secretKey + 1);
    await cancel(keys(client).processID, keys(client).secretKey);
    expect(await running).toBe('57014');
    // The engine was restarted for it; the sessions of the others were not.
    expect([await value(other, "SELECT current_setting('app.mark')"), await value(other, 'EXECUTE mark')]).toEqual([
      'kept',
      5,
    ]);
    expect(await value(client, 'SELECT 1')).toBe(1);
  }, 60_000);

  test('statement_timeout, which the embedded engine itself does not keep', async () => {
    const client = await clients.connect();
    await client.query("SET statement_timeout = '150ms'");
    await client.query('BEGIN');
    expect(await code(client.query("SELECT count(*) FROM generate_series(1, 1000000000) g WHERE g::text = 'x'"))).toBe(
      '57014',
    );
    expect(await code(client.query('SELECT 1'))).toBe('25P02');
    await client.query('ROLLBACK');
    expect(await value(client, 'SHOW statement_timeout')).toBe('150ms');
  }, 60_000);

  test('startup: settings of the connection, users and databases that are none', async () => {
    const client = await clients.connect({
      options: '-c search_path=pg_catalog -c work_mem=5MB',
      application_name: 'me',
    });
    const settings = async () => [await value(client, 'SHOW work_mem'), await value(client, 'SHOW application_name')];
    expect(await settings()).toEqual(['5MB', 'me']);
    await client.query("SET work_mem = '6MB'");
    await client.query('RESET work_mem');
    expect(await settings()).toEqual(['5MB', 'me']);
    expect(await code(clients.connect({ user: 'nobody_here', database: 'postgres' }))).toBe('28000');
    expect(await code(clients.connect({ database: 'elsewhere' }))).toBe('3D000');
    expect(await code(clients.connect({ options: '-c no_such_setting=1' }))).toBe('42704');
  });

  test('a password, by SCRAM', async () => {
    const guarded = await openWireTarget({ password: 'corréct horse' });
    try {
      const url = (password: string) => guarded.url.replace('postgres@', `postgres:${encodeURIComponent(password)}@`);
      const right = new Clients(url('corréct horse'));
      expect(await column(await right.connect(), 'SELECT 1')).toEqual([1]);
      expect(await code(new Clients(url('wrong')).connect())).toBe('28P01');
      await right.end();
    } finally {
      await guarded.close();
    }
  });

  test.skipIf(pgbench === null)(
    'pgbench in its three protocols',
    async () => {
      const bench = (...args: string[]) => run(['pgbench', ...args, target.url]);
      expect((await bench('-i', '-q')).status).toBe(0);
      for (const protocol of ['simple', 'extended', 'prepared']) {
        const { out, status } = await bench('-n', '-c', '4', '-t', '20', '-M', protocol);
        expect([status, out.includes('number of transactions actually processed: 80/80')]).toEqual([0, true]);
      }
    },
    60_000,
  );
});
