import { type Migration, replacedBy } from '../files/files.ts';
import type { LedgerRow } from './ledger.ts';

export interface AppliedMigration {
  readonly migration: Migration;
  readonly row: LedgerRow;
}

/** Files and ledger side by side. */
export interface Route {
  /** In the order in which they were applied. */
  readonly applied: readonly AppliedMigration[];
  /** In the order in which they are to be applied. */
  readonly pending: readonly Migration[];
  /** Pending ones that sort before one already applied: a branch merged late. */
  readonly outOfOrder: readonly Migration[];
  /** Applied ones whose file has changed since. */
  readonly edited: readonly AppliedMigration[];
  /** Ledger rows that have no file, and that no baseline stands for. */
  readonly missing: readonly LedgerRow[];
  /** Pending baselines whose migrations are all applied: they are recorded, not run. */
  readonly covered: readonly Migration[];
}

/** Matches ledger rows with files: by name; rows without one by their second and, where several share it, their hash. */
export function routeOf(migrations: readonly Migration[], rows: readonly LedgerRow[]): Route {
  const match = matcher(migrations);
  const applied: AppliedMigration[] = [];
  const missing: LedgerRow[] = [];
  for (const row of rows) {
    const migration = match(row);
    if (migration) applied.push({ migration, row });
    else missing.push(row);
  }
  const done = new Set(applied.map((it) => it.migration));
  const pending = migrations.filter((it) => !done.has(it));
  const last = migrations.findLastIndex((it) => done.has(it));
  const names = new Set(rows.map((it) => it.name));
  const covered = pending.filter((it) => replacedBy(it).length > 0 && replacedBy(it).every((name) => names.has(name)));
  const replaced = new Set(migrations.flatMap(replacedBy));
  return {
    covered,
    applied,
    pending,
    outOfOrder: pending.filter((it) => migrations.indexOf(it) < last),
    edited: applied.filter((it) => it.row.hash !== '' && it.row.hash !== it.migration.hash),
    missing: missing.filter((it) => !replaced.has(it.name ?? '')),
  };
}

function matcher(migrations: readonly Migration[]): (row: LedgerRow) => Migration | undefined {
  const byName = new Map(migrations.flatMap((it) => [[it.name, it] as const, [it.label, it] as const]));
  const byHash = new Map(migrations.map((it) => [it.hash, it]));
  const bySecond = Map.groupBy(migrations, (it) => Math.floor(it.createdAt / 1000));
  return (row) => {
    if (row.name !== null) return byName.get(row.name);
    const candidates = bySecond.get(Math.floor(row.createdAt / 1000)) ?? [];
    if (candidates.length === 1) return candidates[0];
    return candidates.find((it) => it.hash === row.hash) ?? byHash.get(row.hash);
  };
}
