import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fill, Spool, SpoolDisk, spooled } from '../spool.ts';

const MB = 1024 * 1024;

const CYCLE = Uint8Array.from({ length: 251 }, (_, index) => index);

/** So many bytes, told apart by where they are. */
const piece = (from: number, length: number): Uint8Array => {
  const start = from % CYCLE.length;
  return Buffer.alloc(start + length, CYCLE).subarray(start);
};

async function* pieces(total: number, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < total; at += size) yield piece(at, Math.min(size, total - at));
}

async function check(read: AsyncIterable<Uint8Array>): Promise<number> {
  let at = 0;
  for await (const bytes of read) {
    if (!Buffer.from(bytes).equals(piece(at, bytes.length))) throw new Error(`other bytes than were given, at ${at}`);
    at += bytes.length;
  }
  return at;
}

/** A folder for temporary files of our own: in the machine's other processes have theirs for a moment. */
const folder = mkdtempSync(join(tmpdir(), 'hutch-test-spool-'));
const { TMPDIR } = process.env;
beforeAll(() => {
  process.env.TMPDIR = folder;
});
afterAll(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  rmSync(folder, { recursive: true, force: true });
});

describe('a spool', () => {
  const sizes: readonly (readonly [what: string, total: number, size: number])[] = [
    ['nothing', 0, 1],
    ['a few bytes', 10, 3],
    ['what memory holds', MB, 1_000],
    ['what takes a file', 20 * MB, 300_000],
    ['what takes several files', 80 * MB, 5 * MB],
  ];
  for (const [what, total, size] of sizes) {
    test(`gives ${what} as it was given: at the end, and meanwhile`, async () => {
      const later = new Spool();
      await fill(later, pieces(total, size));
      expect(tmpdir()).toBe(folder);
      expect(readdirSync(folder)).toEqual([]); // whatever it has on disk has no name
      expect(await check(later.read())).toBe(total);
      later.dispose();
      expect(await check(spooled(pieces(total, size)))).toBe(total);
    });
  }

  test('that is full has whoever gives wait, and says that it is settled', async () => {
    const spool = new Spool(1_000_000);
    const filling = fill(spool, pieces(3_000_000, 100_000));
    await spool.settled;
    expect(spool.full).toBe(true);
    expect(await check(spool.read())).toBe(3_000_000);
    await filling;
  });

  test('shares the disk with others: where it is used up, each has its memory', async () => {
    const disk = new SpoolDisk(10 * MB);
    const [first, second] = [new Spool(undefined, disk), new Spool(undefined, disk)];
    const filling = [first, second].map((spool) => fill(spool, pieces(40 * MB, MB)));
    await Promise.all([first.settled, second.settled]);
    expect([first.full, second.full, disk.used < 20 * MB]).toEqual([true, true, true]);
    expect(await Promise.all([first, second].map((spool) => check(spool.read())))).toEqual([40 * MB, 40 * MB]);
    await Promise.all(filling);
    expect(disk.used).toBe(0);
  });

  test('tells why there is no more behind what there is', async () => {
    const broken = async function* () {
      yield piece(0, 10);
      throw new Error('no more');
    };
    const spool = new Spool();
    await fill(spool, broken());
    const read: number[] = [];
    const reading = async () => {
      for await (const bytes of spool.read()) read.push(bytes.length);
    };
    expect(await reading().catch((error: unknown) => error)).toEqual(new Error('no more'));
    expect(read).toEqual([10]);
  });

  test('that is disposed of ends whoever gives and whoever takes', async () => {
    let ended = false;
    const endless = async function* () {
      try {
        for (;;) yield piece(0, 100_000);
      } finally {
        ended = true;
      }
    };
    const spool = new Spool(1_000_000);
    const filling = fill(spool, endless());
    await spool.settled;
    spool.dispose();
    await filling;
    expect([ended, await check(spool.read())]).toEqual([true, 0]);
    for await (const _ of spooled(endless())) break;
  });
});
