/** What clients and engines do to each other when they don't behave. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPglite, PgliteDriver } from '../../db/index.ts';
import { Interruption } from '../client/interruption.ts';
import type { Output } from '../connection/output.ts';
import { readFirstPacket } from '../connection/startup.ts';
import { openWire, type WireServer } from '../index.ts';
import { Clients, code, value } from './targets.ts';

const message = (type: string, body: string): Buffer => {
  const bytes = Buffer.from(`${type}....${body}`, 'latin1');
  bytes.writeInt32BE(bytes.length - 1, 1);
  return bytes;
};
const query = (text: string) => message('Q', `${text}\0`);

/** A client that speaks the protocol by hand. */
class RawClient {
  readonly received: Buffer[] = [];
  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.received.push(chunk));
    socket.on('error', () => {});
  }

  static async connect(port: number): Promise<RawClient> {
    const client = RawClient.start(port);
    await client.until((bytes) => bytes.subarray(-6, -5).toString() === 'Z');
    return client;
  }

  /** With messages right behind the startup, where there are any. */
  static start(port: number, ...behind: readonly Buffer[]): RawClient {
    const client = new RawClient(connect(port, '127.0.0.1'));
    const startup = Buffer.from('........user\0postgres\0\0', 'latin1');
    startup.writeInt32BE(startup.length, 0);
    startup.writeInt32BE(196_608, 4);
    client.socket.write(Buffer.concat([startup, ...behind]));
    return client;
  }

  get text(): string {
    return Buffer.concat(this.received).toString('latin1');
  }

  async until(arrived: (bytes: Buffer) => boolean): Promise<void> {
    while (!arrived(Buffer.concat(this.received))) await Bun.sleep(5);
  }
}

describe('rough treatment of the port', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hutch-wire-'));
  let driver: PgliteDriver;
  let wire: WireServer;
  let clients: Clients;
  beforeAll(async () => {
    const opened = await openPglite({ dataDir: join(folder, 'data') });
    if (!(opened instanceof PgliteDriver)) throw new TypeError('the embedded engine has another driver');
    driver = opened;
    wire = openWire(driver, { port: 0, wait: 20_000, idleInTransaction: 20_000 });
    clients = new Clients(wire.url);
    await driver.script('CREATE TABLE kept (n int)');
  }, 60_000);
  afterAll(async () => {
    await clients.end();
    await wire.stop();
    await driver.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  test('an engine that dies under many clients: each is answered, goes on, and loses nothing that was committed', async () => {
    const many = await Promise.all(Array.from({ length: 8 }, () => clients.connect()));
    const [culprit, inside, ...others] = many;
    if (culprit === undefined || inside === undefined) throw new Error('no clients');
    await inside.query('BEGIN; INSERT INTO kept VALUES (-1); ROLLBACK');
    const inserted = Promise.all(others.map((client, n) => code(client.query('INSERT INTO kept VALUES ($1)', [n]))));
    const crashed = code(culprit.query("COPY (SELECT 1) TO PROGRAM 'true'"));
    await Bun.sleep(0);
    expect(await crashed).not.toBe('ok');
    const outcomes = await inserted;
    const asked = await Promise.all(many.map((client) => value(client, 'SELECT 1')));
    expect(asked).toEqual(many.map(() => 1));
    const { rows } = await driver.query({ text: 'SELECT count(*) FROM kept' });
    expect(Number(rows[0]?.[0])).toBe(outcomes.filter((it) => it === 'ok').length);
  }, 60_000);

  test('a client that leaves between Flush and Sync: what it wrote is undone, and others go on', async () => {
    await driver.script('TRUNCATE kept');
    const raw = await RawClient.connect(wire.port);
    raw.socket.write(
      Buffer.concat([
        message('P', '\0INSERT INTO kept VALUES (1)\0\0\0'),
        message('B', '\0\0\0\0\0\0\0\0'),
        message('E', '\0\0\0\0\0'),
        message('H', ''),
      ]),
    );
    await raw.until((bytes) => bytes.includes('INSERT 0 1'));
    raw.socket.destroy();
    const next = await clients.connect();
    expect(await value(next, 'SELECT count(*)::int FROM kept')).toBe(0);
    expect((await driver.query({ text: 'SELECT 1' })).rows).toEqual([['1']]);
  }, 60_000);

  test('what follows an error without a Sync is passed over, and the engine lives', async () => {
    const deaths: string[] = [];
    const stop = driver.observe(({ error }) => void (error !== undefined && deaths.push(String(error))));
    const raw = await RawClient.connect(wire.port);
    const unknown = message('E', 'no portal\0\0\0\0\0');
    const sync = message('S', '');
    for (const passedOver of [query('SELECT 1'), message('F', '\0\0'), message('H', ''), query('COMMIT')]) {
      raw.received.length = 0;
      raw.socket.write(Buffer.concat([unknown, passedOver, query('SELECT 2'), sync, query('SELECT 3 AS three')]));
      await raw.until((bytes) => bytes.includes('three'));
      expect(raw.text.match(/SELECT 1\0/g)).toHaveLength(1);
      expect(raw.text).toContain('portal "no portal" does not exist');
    }
    stop();
    expect(deaths).toEqual([]);
    raw.socket.destroy();
  }, 60_000);

  test('a query right behind the startup is answered', async () => {
    const raw = RawClient.start(wire.port, query('SELECT 1 AS early'), query('SELECT 2 AS later'));
    await raw.until((bytes) => bytes.includes('later'));
    expect(raw.text).toMatch(/early[\s\S]*later/);
    raw.socket.destroy();
  }, 60_000);

  test.each([
    ['longer than any', 'Q', 0x7f000000],
    ['of a negative length', 'Q', -1],
    ['shorter than its own length', 'S', 0],
  ])(
    'a message %s ends its connection when its header has come',
    async (_, type, length) => {
      const raw = await RawClient.connect(wire.port);
      const bytes = message(type, 'SELECT');
      bytes.writeInt32BE(length, 1);
      const gone = new Promise((resolve) => raw.socket.once('close', resolve));
      raw.socket.write(bytes);
      await gone;
      expect(raw.text).toContain('invalid message');
    },
    60_000,
  );

  test('whoever owes the password is served nothing, and may not fill the memory', async () => {
    const locked = openWire(driver, { port: 0, password: 'a long and secret password' });
    const long = message('p', '');
    long.writeInt32BE(100_000, 1);
    for (const behind of [query('SELECT 1 AS early'), long]) {
      const raw = RawClient.start(locked.port, behind);
      await new Promise((resolve) => raw.socket.once('close', resolve));
      expect(raw.text).toContain('invalid message');
      expect(raw.text).not.toContain('early');
    }
    await locked.stop();
  }, 60_000);

  test('who does not say who it is is not waited for; who has said it may be silent', async () => {
    const strict = openWire(driver, { port: 0, password: 'sesame', authentication: 300 });
    const url = strict.url.replace('postgres@', 'postgres:sesame@');
    const known = new Clients(url);
    const client = await known.connect();
    const mute = connect(strict.port, '127.0.0.1').resume();
    const unsure = RawClient.start(strict.port);
    const ended = [mute, unsure.socket].map((socket) => new Promise((resolve) => socket.on('close', resolve)));
    await Promise.all(ended);
    expect(unsure.text).toContain('canceling authentication due to timeout');
    expect(await value(client, 'SELECT 1')).toBe(1);
    await known.end();
    await strict.stop();
  });

  test('what is neither a statement nor a portal is refused as Postgres does, and the client goes on', async () => {
    const raw = await RawClient.connect(wire.port);
    const describeOf = (kind: string) => message('D', `${kind}\0`);
    for (const before of [[], [message('P', '\0BEGIN\0\0\0')]]) {
      raw.received.length = 0;
      raw.socket.write(Buffer.concat([...before, describeOf('X'), message('S', '')]));
      await raw.until((bytes) => bytes.subarray(-6, -5).toString() === 'Z');
      expect(raw.text).toContain('invalid DESCRIBE message subtype 88');
    }
    raw.received.length = 0;
    raw.socket.write(query('SELECT 42'));
    await raw.until((bytes) => bytes.includes('42'));
    raw.socket.destroy();
  });

  test('who sends faster than the database works is not read from, and is answered in the end', async () => {
    const [raw, holder] = [await RawClient.connect(wire.port), await clients.connect()];
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE kept');
    raw.received.length = 0;
    const padding = 'x'.repeat(256 * 1024);
    const sent = 120;
    for (let index = 0; index < sent; index++) raw.socket.write(query(`SELECT 1 /* ${padding} */`));
    let held = Number.POSITIVE_INFINITY;
    while (raw.socket.writableLength < held) {
      held = raw.socket.writableLength;
      await Bun.sleep(200);
    }
    // Some megabytes are in the port and in the system's buffers; the rest is still the client's own.
    expect(held).toBeGreaterThan(sent * padding.length * 0.4);
    await holder.query('COMMIT');
    const answered = () => Buffer.concat(raw.received).toString('latin1').split('SELECT 1\0').length - 1;
    await raw.until(() => answered() === sent);
    raw.socket.destroy();
  }, 60_000);
});

describe('a cancel', () => {
  const output = { control: () => {} } as unknown as Output; // all that is asked of it here
  const lease = {} as never;

  test('that comes when the turn has been got and nothing runs yet is not lost', async () => {
    const interruption = new Interruption();
    interruption.cancel(true);
    let ran = false;
    const running = interruption.during(lease, output, 0, async () => {
      ran = true;
    });
    expect(await code(running)).toBe('57014');
    expect(ran).toBe(false);
  });

  test('means what was there when it came, and nothing after that', async () => {
    const interruption = new Interruption();
    interruption.cancel(false);
    expect(await code(interruption.during(lease, output, 0, async () => {}))).toBe('ok');
    interruption.cancel(true);
    interruption.forget();
    expect(await code(interruption.during(lease, output, 0, async () => {}))).toBe('ok');
  });

  test('names its client by a key of any sign', () => {
    const packet = Buffer.alloc(16);
    for (const [index, word] of [16, 80_877_102, 7, -5].entries()) packet.writeInt32BE(word, index * 4);
    expect(readFirstPacket(packet)).toEqual({ kind: 'cancel', pid: 7, key: -5 });
  });

  test('ends a wait', async () => {
    const interruption = new Interruption();
    const waiting = interruption.unlessAborted(new Promise(() => {}));
    interruption.cancel(true);
    expect(await code(waiting)).toBe('57014');
  });
});
