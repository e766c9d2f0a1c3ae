import type { SnapshotDiff } from '../db/snapshots/diff.ts';
import type { Snapshot } from '../db/snapshots/store.ts';
import type { SnapshotAction } from '../server/database/snapshots.ts';

/** What a person reads after a snapshot command. */
export function describeSnapshots(action: SnapshotAction, name: string, result: unknown, ms: number): string {
  // Each action's result has one shape; it may have come as JSON from the server.
  if (action === 'list') return listText(result as readonly Snapshot[]);
  if (action === 'diff') return diffText(name, result as SnapshotDiff);
  const done = { save: 'Kept', restore: 'Back at', remove: 'Forgot' }[action];
  return `${done} ${name} (${Math.round(ms)} ms).`;
}

function listText(snapshots: readonly Snapshot[]): string {
  if (snapshots.length === 0) return 'Nothing was kept yet: hutch db snapshot save NAME';
  const width = Math.max(...snapshots.map(({ name }) => name.length));
  return snapshots
    .map(
      ({ name, createdAt, bytes }) =>
        `${name.padEnd(width)}  ${new Date(createdAt).toLocaleString()}  ${megabytes(bytes)}`,
    )
    .join('\n');
}

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;

function diffText(name: string, { tables }: SnapshotDiff): string {
  if (tables.length === 0) return `Nothing has changed since ${name}.`;
  return tables
    .flatMap(({ schema, table, kind, columns, rows, counts }) => [
      `${kind} ${schema}.${table}: ${counts[0]} rows then, ${counts[1]} now${rows ? ` (${rows.added} added, ${rows.removed} removed, ${rows.changed} changed)` : ''}`,
      ...columns.map((column) => `  ${column}`),
    ])
    .join('\n');
}
