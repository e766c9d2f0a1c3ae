import { DatabaseError, type Driver } from '../../db/driver.ts';
import { recordLive } from '../compare/live-marker.ts';
import type { Project } from '../project/project.ts';

/** Something of a schema that the database refused, in a few words, and why. */
export interface Refused {
  /** `column "location" of "user"`, or the statement's first line. */
  readonly what: string;
  readonly message: string;
}

/**
 * Applies what can be of statements that can't be applied together: each on its own, again as long as that helps, and a table without those of
 * its columns that are refused. For a development database whose schema takes for granted what it has not.
 */
export async function applyPossible(
  driver: Driver,
  project: Pick<Project, 'ledger'>,
  statements: readonly string[],
): Promise<{ readonly applied: readonly string[]; readonly refused: readonly Refused[] }> {
  const applied: string[] = [];
  const columns: Refused[] = [];
  let open = statements;
  let refused: Refused[] = [];
  for (let before = -1; open.length > 0 && before !== applied.length; ) {
    before = applied.length;
    const later: string[] = [];
    refused = [];
    for (const statement of open) {
      const outcome = await attempt(driver, statement);
      columns.push(...outcome.without);
      if (outcome.error === undefined) applied.push(outcome.statement);
      else {
        later.push(statement);
        refused.push({ what: firstLine(statement), message: outcome.error });
      }
    }
    open = later;
  }
  if (applied.length > 0) await driver.script(`BEGIN;\n${recordLive(project.ledger, applied.join(';\n'))};\nCOMMIT`);
  return { applied, refused: [...columns, ...refused] };
}

interface Outcome {
  readonly statement: string;
  readonly without: readonly Refused[];
  readonly error: string | undefined;
}

/** Runs one statement; a table that is refused for one of its columns is tried again without it. */
async function attempt(driver: Driver, statement: string, without: readonly Refused[] = []): Promise<Outcome> {
  try {
    await driver.script(statement);
    return { statement, without, error: undefined };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const lines = statement.split('\n');
    const line = columnAt(lines, error.fields.position);
    if (line === undefined) return { statement, without: [], error: error.message };
    const what = `column ${/"[^"]+"/.exec(lines[line] ?? '')?.[0]} of ${/"[^"]+"/.exec(lines[0] ?? '')?.[0]}`;
    const rest = lines
      .toSpliced(line, 1)
      .join('\n')
      .replace(/,(\s*\)\s*;?\s*)$/, '$1');
    return attempt(driver, rest, [...without, { what, message: error.message }]);
  }
}

/** The line of a column in `CREATE TABLE`, which drizzle-kit gives a line each, where the error points into one. */
function columnAt(lines: readonly string[], position: number | undefined): number | undefined {
  if (position === undefined || !/^CREATE TABLE/i.test(lines[0] ?? '')) return undefined;
  const line =
    [...lines.join('\n')]
      .slice(0, position - 1)
      .join('')
      .split('\n').length - 1;
  return line > 0 && /^\s*"/.test(lines[line] ?? '') ? line : undefined;
}

const firstLine = (statement: string): string => statement.trim().split('\n')[0]?.slice(0, 120) ?? '';
