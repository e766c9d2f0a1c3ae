import type { Case } from './dataset.ts';

/** A server that is measured: Hutch, or one that does the same work. */
export interface Peer {
  /** What `PEER` chooses it by. */
  readonly key: string;
  readonly name: string;
  readonly engines: readonly EngineName[];
  /** Those that it can serve. */
  readonly callers: readonly Caller[];
  /** What the others are measured by. */
  readonly base?: boolean;
  /** What Hutch is to reach of the base or to be faster by, by case; told beside the result. */
  readonly asked?: (setting: Setting) => string | undefined;
  /** Packages that are no dependencies of ours, with exact versions: installed into a cache when they are first asked for. */
  readonly packages?: readonly string[];
  /** `folder`: where its packages are. */
  program(setting: Setting, folder: string): Program;
  /** The case in its own words, where they are others. */
  request?(it: Case): Case;
  /** The rows in its answer, where it wraps them. */
  rows?(answer: unknown): unknown;
}

export type EngineName = 'pglite' | 'postgres';

/**
 * Who asks. `plain`: the database's owner; nothing is set for the transaction, as far as the server can be kept from it. `anonymous`: a
 * request without a token acts as the role `anon`. `token`: a signed token names role and claims.
 */
export type Caller = 'plain' | 'anonymous' | 'token';

export const CALLERS: readonly Caller[] = ['plain', 'anonymous', 'token'];

/** What a server is started for. */
export interface Setting {
  readonly engine: EngineName;
  readonly caller: Caller;
  readonly it: Case;
  /** Of the database with the tables; on PGlite each server makes them itself. */
  readonly databaseUrl: string | undefined;
  /** `SQL`, `PARAMS`, `COLUMN`, `STATUS` of the statement that Hutch ends in. */
  readonly statement: Readonly<Record<string, string>>;
}

export interface Program {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Its base address, from the first line that it prints; or where it will be found, for programs that print none. */
  readonly address: string | ((line: string) => string);
}
