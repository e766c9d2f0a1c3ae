import type { Field, Statement } from '../driver.ts';
import { keepsSettings } from './kept-settings.ts';

/** A statement that the server has, or will have once this request's Parse is done. */
export interface Prepared {
  readonly key: string;
  /** '' is the unnamed statement, which the next Parse replaces. */
  readonly name: string;
  /** Unknown until it was described; null fields mean that it returns no rows. */
  fields: readonly Field[] | undefined;
  parsed: boolean;
  readonly keepsSettings: boolean;
}

/** Statements kept for each session: beyond it the one used longest ago goes. A plan takes some 10 to 100 kB on the server. */
export const PREPARED_PER_SESSION = 256;

/** Characters of all their texts together: long ones have plans in proportion. */
const PREPARED_TEXTS = 524_288;

/** Longer texts (bulk inserts and the like) are rarely sent twice; keeping their plans would only push out others. */
const PREPARED_TEXT_LIMIT = 32_768;

const NAME_PREFIX = 'hutch_';

/** The prepared statements of one session, by text and parameter types, the ones used last kept. */
export class PreparedStatements {
  private readonly kept = new Map<string, Prepared>();
  private evicted: string[] = [];
  private made = 0;
  /** Characters of those that are kept. */
  private length = 0;

  /** `limit`: how many are kept; with 0 every statement is the unnamed one. */
  constructor(private readonly limit = PREPARED_PER_SESSION) {}

  /** The statement's entry; `parsed` tells whether the server has it already. */
  take(statement: Statement): Prepared {
    const key = keyOf(statement);
    const kept = this.kept.get(key);
    if (kept !== undefined) {
      this.kept.delete(key);
      this.kept.set(key, kept);
      return kept;
    }
    if (this.limit === 0 || !isKept(statement)) return this.entry(statement, key, '');
    const prepared = this.entry(statement, key, `${NAME_PREFIX}${++this.made}`);
    this.kept.set(key, prepared);
    this.length += key.length;
    return prepared;
  }

  /** Names that the server should let go, each told once. Call it before `take`, so that none of them is in use. */
  dropped(): readonly string[] {
    while (this.kept.size > this.limit || this.length > PREPARED_TEXTS) this.evictOldest();
    const names = this.evicted;
    if (names.length > 0) this.evicted = [];
    return names;
  }

  /** Its Parse never succeeded, or its plan can't be used any more. */
  forget(prepared: Prepared): void {
    if (this.kept.get(prepared.key) === prepared) {
      this.kept.delete(prepared.key);
      this.length -= prepared.key.length;
    }
    if (prepared.parsed && prepared.name !== '') this.evicted.push(prepared.name);
  }

  /** The session was reset (`DISCARD ALL`): the server has none of them any more. */
  clear(): void {
    this.kept.clear();
    this.length = 0;
    this.evicted = [];
  }

  private entry({ text }: Statement, key: string, name: string): Prepared {
    return { key, name, fields: undefined, parsed: false, keepsSettings: keepsSettings(text) };
  }

  private evictOldest(): void {
    const oldest = this.kept.values().next().value;
    if (oldest !== undefined) this.forget(oldest);
  }
}

const isKept = (statement: Statement): boolean =>
  statement.prepare !== false && statement.text.length <= PREPARED_TEXT_LIMIT;

const keyOf = (statement: Statement): string =>
  statement.types === undefined ? statement.text : `${statement.types.join()}\0${statement.text}`;
