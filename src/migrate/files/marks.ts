import { splitStatements } from './statements.ts';

/**
 * What a `down.sql` says about itself, in comment lines: `-- irreversible: <reason>` for what it can't bring back, and
 * `-- no way down: <reason>` where it can't lead back at all.
 */
export interface DownMarks {
  readonly irreversible: readonly string[];
  readonly noWay: readonly string[];
  /** It has statements. */
  readonly empty: boolean;
}

const MARK = /^[ \t]*--[ \t]*(irreversible|no way down):[ \t]*(.+?)[ \t]*$/gim;

export function marksOf(sql: string): DownMarks {
  const found = [...sql.matchAll(MARK)].map(([, kind = '', reason = '']) => ({ kind: kind.toLowerCase(), reason }));
  const of = (kind: string) => found.filter((it) => it.kind === kind).map((it) => it.reason);
  return { irreversible: of('irreversible'), noWay: of('no way down'), empty: splitStatements(sql).length === 0 };
}
