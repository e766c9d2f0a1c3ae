/** What goes between Hutch and the Worker in which drizzle-kit runs. */
import type { Casing } from '../project/drizzle-line.ts';

/** A question of drizzle-kit's: something may be renamed or new, or data would be lost. */
export interface KitQuestion {
  readonly type: 'rename_or_create' | 'confirm_data_loss';
  /** `table`, `column`, `enum`, `schema`, `index`, `foreign key`, … */
  readonly kind: string;
  /** The name, outermost part first: `['public', 'users', 'full_name']`. */
  readonly entity: readonly string[];
  readonly reason?: string;
}

/** An answer to it, in drizzle-kit's own form. */
export type KitAnswer =
  | {
      readonly type: 'rename';
      readonly kind: string;
      readonly from: readonly string[];
      readonly to: readonly string[];
    }
  | {
      readonly type: 'create' | 'confirm_data_loss';
      readonly kind: string;
      readonly entity: readonly string[];
    };

export type KitRequest =
  | {
      readonly op: 'generate';
      readonly schemaFiles: readonly string[];
      readonly out: string;
      readonly name?: string;
      /** An empty migration, for SQL written by hand. */
      readonly custom?: boolean;
      /** Plans only; writes nothing. */
      readonly explain?: boolean;
      readonly answers?: readonly KitAnswer[];
    }
  | {
      readonly op: 'push';
      readonly schemaFiles: readonly string[];
      readonly ledger: { readonly schema: string; readonly table: string };
      readonly answers: readonly KitAnswer[];
      readonly schemas: readonly string[];
      readonly casing: Casing | undefined;
    }
  | { readonly op: 'check'; readonly schemaFiles: readonly string[]; readonly out: string }
  | { readonly op: 'upgrade'; readonly out: string }
  | {
      readonly op: 'pull';
      readonly out: string;
      readonly url: string;
      readonly schemas: readonly string[];
      /** Record the baseline in the database's ledger. */
      readonly init: boolean;
    };

export type KitReply =
  | {
      readonly status: 'ok';
      readonly written?: string;
      readonly statements?: readonly string[];
      readonly notes?: readonly string[];
    }
  | { readonly status: 'no_changes' }
  | { readonly status: 'questions'; readonly questions: readonly KitQuestion[]; readonly gone: readonly KitGone[] }
  | { readonly status: 'error'; readonly code: string; readonly message: string };

/** An entity that a rename could come from. */
export interface KitGone {
  readonly kind: string;
  readonly entity: readonly string[];
}

/** The Worker's messages: a query to run for it, or its reply. */
export type FromWorker = { readonly query: string; readonly id: number } | { readonly reply: KitReply };
export type ToWorker =
  | { readonly request: KitRequest }
  | { readonly id: number; readonly rows: readonly Readonly<Record<string, unknown>>[] }
  | { readonly id: number; readonly error: string };
