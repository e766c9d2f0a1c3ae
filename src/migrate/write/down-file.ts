import { writeFile } from 'node:fs/promises';
import type { Migration } from '../files/files.ts';
import type { Rehearsed } from '../rehearse/rehearsal.ts';

/** How good a way down is. */
export interface DownReport {
  /** `exact`: tried, and the catalog came back equal. */
  readonly quality: 'exact' | 'differs' | 'none';
  /** What can't come back. */
  readonly irreversible: readonly string[];
  /** Why it is not exact. */
  readonly reason: string | undefined;
}

/** The text of a `down.sql` from a rehearsal, with its marks. */
export function downText(
  migration: Migration,
  rehearsed: Rehearsed,
): { readonly text: string; readonly report: DownReport } {
  const title = `-- The way back from ${migration.label}.`;
  if (rehearsed.outcome === 'failed') {
    const { place, message } = rehearsed.failure;
    const reason = `the migration itself failed when it was tried, at line ${place.line}: ${message}`;
    return {
      text: lines(title, `-- no way down: ${oneLine(reason)}`),
      report: { quality: 'none', irreversible: [], reason },
    };
  }
  const losses = rehearsed.losses.map((it) => `-- irreversible: ${oneLine(it)}`);
  if (rehearsed.outcome === 'refused') {
    const reason = rehearsed.way.refused?.reason ?? '';
    const text = lines(title, `-- no way down: ${oneLine(reason)}`, ...losses);
    return { text, report: { quality: 'none', irreversible: rehearsed.losses, reason } };
  }
  const names = [...new Set(rehearsed.differing.map((it) => `${it.kind.replace(/s$/, '')} ${it.name}`))];
  const reason =
    rehearsed.problem ?? (names.length > 0 ? `${names.join(', ')} can't be brought back as it was` : undefined);
  const marks = reason === undefined ? losses : [...losses, `-- irreversible: ${oneLine(reason)}`];
  const text = lines(title, ...marks, ...rehearsed.way.statements.map((it) => `${it};`));
  return {
    text,
    report: { quality: reason === undefined ? 'exact' : 'differs', irreversible: rehearsed.losses, reason },
  };
}

const lines = (...parts: readonly string[]): string => `${parts.join('\n')}\n`;
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Writes a migration's `down.sql`. */
export async function writeDown(migration: Migration, rehearsed: Rehearsed): Promise<DownReport> {
  const { text, report } = downText(migration, rehearsed);
  await writeFile(migration.downPath, text);
  return report;
}
