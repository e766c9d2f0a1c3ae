import { signal } from '@preact/signals';
import type { ExplainedPlan, SqlError, SqlRun } from '../../api/shapes.ts';
import { actingAs } from '../api/actor.ts';
import { told } from '../api/failure.ts';
import { type ActingAs, studio } from '../api/studio.ts';
import { loadCatalog, loadCounts } from '../app/catalog.ts';
import { remember } from './saved.ts';

export type Outcome =
  | { readonly kind: 'run'; readonly run: SqlRun; readonly from: number }
  | { readonly kind: 'plan'; readonly plan: ExplainedPlan; readonly sql: string }
  | { readonly kind: 'failed'; readonly error: SqlError; readonly from: number };

export const outcome = signal<Outcome | null>(null);
/** The id of what runs now. */
export const running = signal<string | null>(null);
export const limit = signal(1_000);
/** Milliseconds that a statement may run; undefined: the server's usual limit. */
export const timeout = signal<number | undefined>(undefined);

/** The console acts as its own connection, unless the page is viewed as somebody else. */
export function acting(): ActingAs {
  return timeout.value === undefined ? actingAs() : { ...actingAs(), timeout: timeout.value };
}

const changesSchema = /^\s*(create|alter|drop|comment|grant|revoke)\b/i;
const changesRows = /^\s*(insert|update|delete|merge|truncate|copy)\b/i;

export async function run(sql: string, from: number): Promise<void> {
  if (sql.trim() === '' || running.value !== null) return;
  const started = performance.now();
  const result = await tracked(async (id) => {
    const found = await studio.sql({ id, sql, limit: limit.value, ...acting() });
    return { kind: 'run', run: found, from } satisfies Outcome;
  }, from);
  const failed = result.kind !== 'run' || result.run.outcomes.some(({ error }) => error !== null);
  remember({ sql, at: Date.now(), took: performance.now() - started, failed });
  if (result.kind !== 'run') return;
  if (result.run.outcomes.some(({ text }) => changesSchema.test(text))) await loadCatalog();
  if (result.run.outcomes.some(({ text }) => changesSchema.test(text) || changesRows.test(text))) await loadCounts();
}

export async function explain(sql: string, from: number): Promise<void> {
  if (sql.trim() === '' || running.value !== null) return;
  await tracked(async (id) => {
    const { plan, error } = await studio.explain({ id, sql, mode: 'analyze', ...acting() });
    if (plan !== null) return { kind: 'plan', plan, sql };
    return { kind: 'failed', error: error ?? plain('There is no plan'), from };
  }, from);
}

async function tracked(work: (id: string) => Promise<Outcome>, from: number): Promise<Outcome> {
  const id = crypto.randomUUID();
  running.value = id;
  try {
    outcome.value = await work(id);
  } catch (error) {
    outcome.value = { kind: 'failed', error: plain(told(error)), from };
  } finally {
    running.value = null;
  }
  return outcome.value;
}

const plain = (message: string): SqlError => ({ message, code: '', detail: null, hint: null, position: null });

export function cancel(): boolean {
  if (running.value === null) return false;
  void studio.cancel(running.value);
  return true;
}
