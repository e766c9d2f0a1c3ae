import { signal } from '@preact/signals';

export interface Ran {
  readonly sql: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly took: number;
  readonly failed: boolean;
}

export interface SavedQuery {
  readonly name: string;
  readonly sql: string;
}

/** Runs that are remembered. */
const KEPT = 200;

function kept<T>(key: string, initial: T) {
  let first = initial;
  try {
    first = JSON.parse(localStorage.getItem(key) ?? 'null') ?? initial;
  } catch {
    // not ours
  }
  const value = signal<T>(first);
  return {
    value,
    set(next: T) {
      value.value = next;
      localStorage.setItem(key, JSON.stringify(next));
    },
  };
}

const runs = kept<readonly Ran[]>('hutch.sql.history', []);
const queries = kept<readonly SavedQuery[]>('hutch.sql.saved', []);
const text = kept<string>('hutch.sql.draft', '');

/** Kept in this browser, newest first. */
export const ran = runs.value;
export const saved = queries.value;
export const draft = text.value;
export const keepDraft = text.set;

export function remember(run: Ran): void {
  runs.set([run, ...runs.value.value.filter(({ sql }) => sql !== run.sql)].slice(0, KEPT));
}

export const forgetRuns = (): void => runs.set([]);

/** A name that is taken gets the new text. */
export function save(name: string, sql: string): void {
  const others = queries.value.value.filter((query) => query.name !== name);
  queries.set([...others, { name, sql }].toSorted((a, b) => a.name.localeCompare(b.name)));
}

export const unsave = (name: string): void => queries.set(queries.value.value.filter((query) => query.name !== name));
