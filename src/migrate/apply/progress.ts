import type { Row, Session } from '../../db/driver.ts';
import { identifier, literal, qualified } from '../../db/quoting.ts';
import type { SqlStatement } from '../files/statements.ts';
import type { LedgerName } from '../project/project.ts';

/** How far a file has got that can't be applied in one transaction. */
export class Progress {
  private readonly table: string;
  private readonly name: string;

  constructor(
    private readonly session: Session,
    private readonly ledger: LedgerName,
    name: string,
  ) {
    this.table = qualified(ledger.schema, '__hutch_progress');
    this.name = literal(name);
  }

  /** How many statements an earlier run has applied; -1 where there was none. A file edited before that point starts over. */
  async resumePoint(all: readonly SqlStatement[]): Promise<number> {
    await this.session.script(`CREATE SCHEMA IF NOT EXISTS ${identifier(this.ledger.schema)};
CREATE TABLE IF NOT EXISTS ${this.table} (name text PRIMARY KEY, done integer NOT NULL, prefix text NOT NULL)`);
    const row = await this.row();
    if (!row) {
      await this.session.script(this.record([]));
      return -1;
    }
    const done = Number(row[0]);
    return prefixOf(all.slice(0, done)) === row[1] ? done : 0;
  }

  /** SQL that notes what is applied. */
  record(done: readonly SqlStatement[]): string {
    return `INSERT INTO ${this.table} (name, done, prefix) VALUES (${this.name}, ${done.length}, ${literal(prefixOf(done))})
ON CONFLICT (name) DO UPDATE SET done = excluded.done, prefix = excluded.prefix`;
  }

  /** SQL for when the whole file is. */
  forget(): string {
    return `DELETE FROM ${this.table} WHERE name = ${this.name}`;
  }

  /** How many statements stay after a failure: none where nothing was ever applied in parts. */
  async kept(): Promise<number> {
    const row = await this.row().catch(() => undefined);
    return Number(row?.[0] ?? 0);
  }

  private async row(): Promise<Row | undefined> {
    const text = `select done, prefix from ${this.table} where name = ${this.name}`;
    return (await this.session.query({ text, prepare: false })).rows[0];
  }
}

const prefixOf = (statements: readonly SqlStatement[]): string =>
  new Bun.CryptoHasher('sha256').update(statements.map((it) => it.text).join('\0')).digest('hex');
