/** pgbench's own scripts on PGlite in this process, by its own calls: what the port is measured by. */
import { PGlite } from '@electric-sql/pglite';
import { bind, execute, parse, sync } from '../../../src/db/protocol/frontend.ts';
import { Writer } from '../../../src/db/protocol/writer.ts';

/** How pgbench sends its statements (`-M`). */
export type Mode = 'simple' | 'prepared';
export type ScriptName = 'select-only' | 'tpcb-like';

const ACCOUNTS = 100_000;
const TELLERS = 10;
const BRANCHES = 1;
const DELTA = 5_000;

/** What `pgbench --initialize` makes, at scale 1. */
const TABLES = `
  create table pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
  create table pgbench_tellers (tid int primary key, bid int, tbalance int, filler char(84)) with (fillfactor = 100);
  create table pgbench_accounts (aid int primary key, bid int, abalance int, filler char(84)) with (fillfactor = 100);
  create table pgbench_branches (bid int primary key, bbalance int, filler char(88)) with (fillfactor = 100);
  insert into pgbench_branches values (1, 0, null);
  insert into pgbench_tellers select i, 1, 0, null from generate_series(1, ${TELLERS}) i;
  insert into pgbench_accounts select i, 1, 0, '' from generate_series(1, ${ACCOUNTS}) i;
  vacuum analyze`;

type Values = Readonly<Record<'aid' | 'tid' | 'bid' | 'delta', number>>;

const SCRIPTS: Readonly<Record<ScriptName, readonly string[]>> = {
  'select-only': ['SELECT abalance FROM pgbench_accounts WHERE aid = :aid'],
  'tpcb-like': [
    'BEGIN',
    'UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid',
    'SELECT abalance FROM pgbench_accounts WHERE aid = :aid',
    'UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = :tid',
    'UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = :bid',
    'INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (:tid, :bid, :aid, :delta, CURRENT_TIMESTAMP)',
    'END',
  ],
};

const VARIABLE = /:(aid|tid|bid|delta)/g;

type Send = (values: Values) => Promise<unknown>;

/** A database of its own with pgbench's tables, on disk as the port's is. */
export class InProcess {
  private constructor(private readonly db: PGlite) {}

  static async open(dataDir: string): Promise<InProcess> {
    const db = await PGlite.create({ dataDir });
    for (const statement of TABLES.split(';')) await db.exec(statement);
    return new InProcess(db);
  }

  /** A script's transactions, one after the other, for some milliseconds; how many there were. */
  async run(script: ScriptName, mode: Mode, milliseconds: number): Promise<number> {
    const sends = await Promise.all(SCRIPTS[script].map((text, index) => this.sender(text, mode, `${script}${index}`)));
    let count = 0;
    for (const end = performance.now() + milliseconds; performance.now() < end; count++) {
      const values = draw();
      for (const send of sends) await send(values);
    }
    return count;
  }

  close(): Promise<void> {
    return this.db.close();
  }

  private async sender(text: string, mode: Mode, name: string): Promise<Send> {
    if (mode === 'simple')
      return (values) => this.db.exec(text.replaceAll(VARIABLE, (_, key: keyof Values) => String(values[key])));
    const names = [...text.matchAll(VARIABLE)].map(([, key]) => key as keyof Values); // all that the pattern finds
    let place = 0;
    const writer = new Writer();
    parse(
      writer,
      name,
      text.replaceAll(VARIABLE, () => `$${++place}`),
    );
    sync(writer);
    await this.db.execProtocolRaw(writer.take());
    return (values) => {
      bind(
        writer,
        name,
        names.map((key) => String(values[key])),
      );
      execute(writer);
      sync(writer);
      return this.db.execProtocolRaw(writer.take());
    };
  }
}

const upTo = (limit: number): number => 1 + Math.floor(Math.random() * limit);

const draw = (): Values => ({
  aid: upTo(ACCOUNTS),
  tid: upTo(TELLERS),
  bid: upTo(BRANCHES),
  delta: upTo(2 * DELTA) - DELTA,
});
