import type { TableEntity } from '../entities.ts';
import { same } from '../keyed.ts';
import { type Step, step } from '../steps.ts';
import { columnDefinition } from './columns.ts';
import type { Decisions } from './decide.ts';

/** Creates missing tables, parents before their partitions; constraints and indexes come later. */
export function createTables({ from, to }: Decisions): readonly Step[] {
  const missing = [...to.tables].filter(([key]) => !from.tables.has(key));
  const isPartition = (it: TableEntity) => Number(it.parents.length > 0);
  missing.sort(([, a], [, b]) => isPartition(a) - isPartition(b) || a.oid - b.oid);
  return missing.map(([key, it]) => step(createTable({ to }, key, it)));
}

function createTable({ to }: Pick<Decisions, 'to'>, key: string, it: TableEntity): string {
  const head = `CREATE ${it.unlogged ? 'UNLOGGED ' : ''}TABLE ${key}`;
  const options = it.options.length > 0 ? ` WITH (${it.options.join(', ')})` : '';
  const partitioned = it.partitionKey === null ? '' : ` PARTITION BY ${it.partitionKey}`;
  if (it.partitionBound !== null)
    return `${head} PARTITION OF ${it.parents[0]} ${it.partitionBound}${partitioned}${options}`;
  const columns = to.state.columns.filter((column) => column.table === it.oid).map(columnDefinition);
  const inherits = it.parents.length > 0 ? ` INHERITS (${it.parents.join(', ')})` : '';
  const body = columns.length > 0 ? `\n\t${columns.join(',\n\t')}\n` : '';
  return `${head} (${body})${inherits}${partitioned}${options}`;
}

/** Row security, storage options and the like, on new and old tables. */
export function tableSettings({ from, to }: Decisions): readonly Step[] {
  return [...to.tables].flatMap(([key, it]) => settingsOf(key, from.tables.get(key), it));
}

const FRESH = { rls: false, forceRls: false, replicaIdentity: 'd' };
const REPLICA_IDENTITY = new Map([
  ['d', 'DEFAULT'],
  ['n', 'NOTHING'],
  ['f', 'FULL'],
]);

function settingsOf(key: string, from: TableEntity | undefined, to: TableEntity): readonly Step[] {
  const before = from ?? { ...to, ...FRESH };
  const alter = `ALTER TABLE ${key}`;
  const steps: Step[] = [];
  if (before.rls !== to.rls) steps.push(step(`${alter} ${to.rls ? 'ENABLE' : 'DISABLE'} ROW LEVEL SECURITY`));
  if (before.forceRls !== to.forceRls) steps.push(step(`${alter} ${to.forceRls ? '' : 'NO '}FORCE ROW LEVEL SECURITY`));
  if (before.unlogged !== to.unlogged) steps.push(step(`${alter} SET ${to.unlogged ? 'UNLOGGED' : 'LOGGED'}`));
  if (!same(before.options, to.options)) steps.push(...changeOptions(alter, before.options, to.options));
  const identity = REPLICA_IDENTITY.get(to.replicaIdentity);
  if (before.replicaIdentity !== to.replicaIdentity && identity)
    steps.push(step(`${alter} REPLICA IDENTITY ${identity}`));
  return steps;
}

function changeOptions(alter: string, from: readonly string[], to: readonly string[]): readonly Step[] {
  const names = (list: readonly string[]) => list.map((it) => it.slice(0, it.indexOf('=')));
  const wanted = new Set(names(to));
  const reset = names(from).filter((it) => !wanted.has(it));
  return [
    ...(reset.length > 0 ? [step(`${alter} RESET (${reset.join(', ')})`)] : []),
    ...(to.length > 0 ? [step(`${alter} SET (${to.join(', ')})`)] : []),
  ];
}
