import { tooComplex } from '../errors/extension-errors.ts';
import { headerUtf8 } from './header-fields.ts';
import { limits } from './limits.ts';
import { readInteger } from './ranges.ts';
import { Remembered } from './remembered.ts';
import type { Preferences } from './types.ts';

/**
 * Every preference with fixed values, in the order in which `Preference-Applied` shows them. `extension` marks Hutch's own:
 *
 *     Prefer: deleted=include    soft-deleted rows are read too
 *     Prefer: deleted=only       soft-deleted rows alone are read
 *     Prefer: delete=soft        DELETE marks rows as deleted (what it does anyway on a table with soft delete)
 *     Prefer: delete=restore     DELETE takes the mark away again
 *     Prefer: delete=purge       DELETE removes rows for good
 *     Prefer: cursor             the answer links to the next page by keyset; `cursor=` starts one there
 */
const fixed = {
  resolution: ['merge-duplicates', 'ignore-duplicates'],
  missing: ['default', 'null'],
  return: ['representation', 'minimal', 'headers-only'],
  count: ['exact', 'planned', 'estimated'],
  tx: ['commit', 'rollback'],
  handling: ['strict', 'lenient'],
  deleted: ['include', 'only'],
  delete: ['soft', 'restore', 'purge'],
} as const;

type Fixed = keyof typeof fixed;
type Chosen = { -readonly [K in Fixed]: Preferences[K] };

/** A request that has none shares this. */
export const noPreferences: Preferences = Object.freeze({
  resolution: null,
  return: null,
  count: null,
  tx: null,
  missing: null,
  handling: null,
  timezone: null,
  maxAffected: null,
  deleted: null,
  delete: null,
  cursor: false,
  unknown: Object.freeze([]),
});

/**
 * Reads `Prefer` (RFC 7240; several headers joined by commas). The first of a kind holds. `tx` has no effect, but is not unknown
 * either, where `db-tx-end` allows no override. Texts are compared exactly.
 */
export function parsePreferences(header: string | null, txOverride: boolean): Preferences {
  if (header === null || header === '') return noPreferences;
  return (txOverride ? withTx : withoutTx).get(header);
}

const withTx = new Remembered((header: string) => readPreferences(header, true));
const withoutTx = new Remembered((header: string) => readPreferences(header, false));

function readPreferences(header: string, txOverride: boolean): Preferences {
  if (header.length > limits.preferLength) throw tooComplex('characters in Prefer', limits.preferLength);
  const tokens = header.split(',').map((token) => token.trim());
  const chosen = chooseFixed(tokens);
  const maxAffected = withPrefix(tokens, 'max-affected=');
  return Object.freeze({
    ...chosen,
    tx: txOverride ? chosen.tx : null,
    timezone: withPrefix(tokens, 'timezone=') ?? null,
    maxAffected: maxAffected === undefined ? null : (readInteger(maxAffected) ?? null),
    cursor: tokens.includes('cursor'),
    unknown: Object.freeze(tokens.filter((token) => !isKnown(token)).map(headerUtf8)),
  });
}

function chooseFixed(tokens: readonly string[]): Chosen {
  return {
    resolution: choose(tokens, 'resolution'),
    missing: choose(tokens, 'missing'),
    return: choose(tokens, 'return'),
    count: choose(tokens, 'count'),
    tx: choose(tokens, 'tx'),
    handling: choose(tokens, 'handling'),
    deleted: choose(tokens, 'deleted'),
    delete: choose(tokens, 'delete'),
  };
}

function choose<K extends Fixed>(tokens: readonly string[], name: K): (typeof fixed)[K][number] | null {
  const values: readonly (typeof fixed)[K][number][] = fixed[name];
  for (const token of tokens) {
    if (!token.startsWith(`${name}=`)) continue;
    const value = values.find(
      (candidate) => token.length === name.length + 1 + candidate.length && token.endsWith(candidate),
    );
    if (value !== undefined) return value;
  }
  return null;
}

function withPrefix(tokens: readonly string[], prefix: string): string | undefined {
  return tokens.find((token) => token.startsWith(prefix))?.slice(prefix.length);
}

const fixedTokens: ReadonlySet<string> = new Set(
  Object.entries(fixed).flatMap(([name, values]) => values.map((value) => `${name}=${value}`)),
);

function isKnown(token: string): boolean {
  return (
    fixedTokens.has(token) || token === 'cursor' || token.startsWith('timezone=') || token.startsWith('max-affected=')
  );
}

/**
 * `Preference-Applied` for those preferences that a response honours, in the dialect's order, extensions last; undefined where there
 * are none. `maxAffected` only shows with `handling=strict`, which gives it its force.
 */
export function preferenceApplied(honoured: Partial<Preferences>): string | undefined {
  const applied: string[] = [];
  const add = (name: string, value: string | number | null | undefined): void => {
    if (value !== null && value !== undefined) applied.push(`${name}=${value}`);
  };
  add('resolution', honoured.resolution);
  add('missing', honoured.missing);
  add('return', honoured.return);
  add('count', honoured.count);
  add('tx', honoured.tx);
  add('handling', honoured.handling);
  add('timezone', honoured.timezone);
  if (honoured.handling === 'strict') add('max-affected', honoured.maxAffected);
  add('deleted', honoured.deleted);
  add('delete', honoured.delete);
  if (honoured.cursor) applied.push('cursor');
  return applied.length === 0 ? undefined : applied.join(', ');
}
