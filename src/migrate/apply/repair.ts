import type { Driver } from '../../db/driver.ts';
import { literal } from '../../db/quoting.ts';
import { readMigrations } from '../files/files.ts';
import { type Project, tableOf } from '../project/project.ts';
import { createLedger, readLedger, recordApplied, recordReverted, upgradeLedger } from './ledger.ts';
import { withLock } from './lock.ts';
import { routeOf } from './route.ts';
import { find } from './up.ts';

/** Changes to the ledger alone: no migration runs. */
export interface Repairs {
  /** Take the present text of edited files for what was applied. */
  readonly acceptEdited?: boolean;
  /** Forget rows whose files are gone. */
  readonly forgetMissing?: boolean;
  /** Say of these that they are applied. */
  readonly markApplied?: readonly string[];
  /** Say of these that they are not. */
  readonly markPending?: readonly string[];
}

/** @returns a sentence for each change that was made */
export async function repair(driver: Driver, project: Project, repairs: Repairs): Promise<readonly string[]> {
  const { migrations } = await readMigrations(project);
  const { ledger } = project;
  return withLock(driver, ledger, {}, async (session) => {
    const { state, rows } = await readLedger(session, ledger);
    const route = routeOf(migrations, rows);
    const done: string[] = [];
    const sql: string[] = [];
    if (state === 'absent') sql.push(createLedger(ledger));
    if (state === 'old')
      sql.push(upgradeLedger(ledger, new Map(route.applied.map((it) => [it.row.id, it.migration.name]))));
    for (const { migration, row } of repairs.acceptEdited ? route.edited : []) {
      sql.push(`UPDATE ${tableOf(ledger)} SET hash = ${literal(migration.hash)} WHERE id = ${row.id}`);
      done.push(`${migration.label}: the edited file is taken for what was applied`);
    }
    for (const row of repairs.forgetMissing ? route.missing : []) {
      sql.push(recordReverted(ledger, row.id));
      done.push(`${row.name ?? `row ${row.id}`}: forgotten`);
    }
    for (const migration of (repairs.markApplied ?? []).map((name) => find(migrations, name))) {
      if (!route.pending.includes(migration)) continue;
      sql.push(recordApplied(ledger, migration));
      done.push(`${migration.label}: marked as applied`);
    }
    for (const migration of (repairs.markPending ?? []).map((name) => find(migrations, name))) {
      const row = route.applied.find((it) => it.migration === migration)?.row;
      if (!row) continue;
      sql.push(recordReverted(ledger, row.id));
      done.push(`${migration.label}: marked as pending`);
    }
    if (sql.length > 0) await session.script(`BEGIN;\n${sql.join(';\n')};\nCOMMIT`);
    return done;
  });
}
