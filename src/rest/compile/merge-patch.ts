import type { PatchTree } from '../plan/types.ts';
import { quoteText } from './sql.ts';

/**
 * RFC 7396 as one expression, so that the merge is atomic: what the row holds when it is locked is what is merged into.
 * `target` and `patch` are jsonb expressions. Each level binds its target once, as a column of a one-row subquery, so the
 * text grows with the patch and not with a power of its depth.
 */
export function mergePatchSql(target: string, patch: string, tree: PatchTree, depth = 0): string {
  const base = `m${depth}.v`;
  const kept = tree.remove.length === 0 ? base : `(${base} - ARRAY[${tree.remove.map(quoteText).join(', ')}]::text[])`;
  const set = tree.set.map((key) => `${quoteText(key)}, ${patch}->${quoteText(key)}`);
  const merged = tree.merge.map(({ key, tree: inner }) => {
    const name = quoteText(key);
    return `${name}, ${mergePatchSql(`${base}->${name}`, `${patch}->${name}`, inner, depth + 1)}`;
  });
  const result = [...chunks([...set, ...merged])].reduce((sql, pairs) => `${sql} || ${pairs}`, kept);
  const object = `CASE WHEN jsonb_typeof(${target}) = 'object' THEN ${target} ELSE '{}'::jsonb END`;
  return `(SELECT ${result} FROM (SELECT ${object} AS v) m${depth})`;
}

/** A function takes at most 100 arguments: 50 pairs. */
const MAX_PAIRS = 50;

function* chunks(pairs: readonly string[]): Generator<string> {
  for (let i = 0; i < pairs.length; i += MAX_PAIRS) {
    yield `jsonb_build_object(${pairs.slice(i, i + MAX_PAIRS).join(', ')})`;
  }
}
