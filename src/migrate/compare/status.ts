import type { Driver } from '../../db/driver.ts';
import { type Ledger, readLedger } from '../apply/ledger.ts';
import { changedObjects, storedObjects } from '../apply/objects.ts';
import { type Route, routeOf } from '../apply/route.ts';
import { type Layout, type Migration, readMigrations } from '../files/files.ts';
import { marksOf } from '../files/marks.ts';
import type { Project } from '../project/project.ts';
import { type Drift, type DriftOptions, drift } from './drift.ts';
import { liveStatements } from './live-marker.ts';

export interface StatusEntry {
  readonly name: string;
  readonly label: string;
  readonly state: 'applied' | 'pending' | 'missing';
  /** As Postgres prints it; null where it is not known. */
  readonly appliedAt: string | null;
  readonly edited: boolean;
  readonly outOfOrder: boolean;
  /** `exact`; `irreversible`: with losses; `none`: there is no way down. Null for missing ones. */
  readonly down: 'exact' | 'irreversible' | 'none' | null;
}

export interface Status {
  readonly layout: Layout;
  readonly ledger: Ledger['state'];
  readonly entries: readonly StatusEntry[];
  readonly pending: number;
  readonly edited: number;
  readonly missing: number;
  readonly outOfOrder: number;
  /** Names of objects that `up` would apply or remove. */
  readonly objects: readonly string[];
  /** SQL that live schema or push has applied and no migration holds yet. */
  readonly unsaved: readonly string[];
  /** Absent where it was not asked for. */
  readonly drift: Drift | undefined;
}

/** Where a database stands. With `drift` the migrations are also replayed and the catalogs compared, which takes a second or more. */
export async function status(
  driver: Driver,
  project: Project,
  options: DriftOptions & { readonly drift?: boolean } = {},
): Promise<Status> {
  const { layout, migrations } = await readMigrations(project);
  const ledger = await readLedger(driver, project.ledger);
  const route = routeOf(migrations, ledger.rows);
  const entries = entriesOf(migrations, route);
  const count = (pick: (it: StatusEntry) => boolean) => entries.filter(pick).length;
  const stored = (await storedObjects(driver, project.ledger)) ?? new Map();
  const wanted = options.objects ?? [];
  const removed = [...stored.keys()].filter((name) => !wanted.some((it) => it.name === name));
  return {
    layout,
    ledger: ledger.state,
    entries,
    pending: count((it) => it.state === 'pending'),
    edited: count((it) => it.edited),
    missing: count((it) => it.state === 'missing'),
    outOfOrder: count((it) => it.outOfOrder),
    objects: options.objects ? [...changedObjects(wanted, stored).map((it) => it.name), ...removed] : [],
    unsaved: await liveStatements(driver, project.ledger),
    drift: options.drift ? await drift(driver, project, options) : undefined,
  };
}

function entriesOf(migrations: readonly Migration[], route: Route): readonly StatusEntry[] {
  const applied = new Map(route.applied.map((it) => [it.migration, it.row]));
  const edited = new Set(route.edited.map((it) => it.migration));
  const late = new Set(route.outOfOrder);
  const files = migrations.map((it): StatusEntry => {
    const row = applied.get(it);
    const { name, label } = it;
    const state = row ? 'applied' : 'pending';
    return {
      name,
      label,
      state,
      appliedAt: row?.appliedAt ?? null,
      edited: edited.has(it),
      outOfOrder: late.has(it),
      down: downOf(it),
    };
  });
  const missing = route.missing.map((row): StatusEntry => {
    const name = row.name ?? `ledger row ${row.id}`;
    return {
      name,
      label: name,
      state: 'missing',
      appliedAt: row.appliedAt,
      edited: false,
      outOfOrder: false,
      down: null,
    };
  });
  return [...files, ...missing];
}

function downOf(migration: Migration): 'exact' | 'irreversible' | 'none' {
  if (migration.down === undefined) return 'none';
  const marks = marksOf(migration.down);
  if (marks.noWay.length > 0) return 'none';
  return marks.irreversible.length > 0 ? 'irreversible' : 'exact';
}
