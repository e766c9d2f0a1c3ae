import type { Place } from '../files/statements.ts';

/** What the runner tells while it works; library code prints nothing. */
export type MigrateEvent =
  /** Another process holds the lock. */
  | { readonly type: 'waiting'; readonly waitedMs: number }
  | { readonly type: 'start'; readonly name: string; readonly index: number; readonly of: number; readonly way: Way }
  /** Before each statement; `index` from 0. Not sent where a whole file is applied at once. */
  | {
      readonly type: 'statement';
      readonly name: string;
      readonly index: number;
      readonly of: number;
      readonly text: string;
    }
  /** A table was busy: the transaction was rolled back and is tried again. */
  | { readonly type: 'retry'; readonly name: string; readonly attempt: number; readonly delayMs: number }
  | { readonly type: 'done'; readonly name: string; readonly tookMs: number; readonly way: Way }
  | { readonly type: 'notice'; readonly message: string };

export type Way = 'up' | 'down';

export type OnEvent = (event: MigrateEvent) => void;

/** Why a run stopped. */
export interface Failure {
  readonly name: string;
  /** Absolute path of the SQL file. */
  readonly file: string;
  /** Where the statement begins, or where Postgres points into it. */
  readonly place: Place;
  readonly statement: string;
  /** SQLSTATE. */
  readonly code: string;
  readonly message: string;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  /** Statements of this file that stay applied, where it could not be one transaction. */
  readonly kept: number;
}
