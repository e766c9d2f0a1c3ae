import type { Column } from '../../../catalog/index.ts';

/**
 * A column's default as JSON, where it is a literal: `'OPEN'::ticket_status`, `0`, `true`, `'{}'::jsonb`, `'{}'::text[]`.
 * Undefined where it is an expression, which only the database can evaluate.
 */
export function literalDefault({ default: expression, isJson, isArray }: Column): unknown {
  if (expression === null) return undefined;
  if (/^-?\d+(\.\d+)?$/.test(expression)) return Number(expression);
  if (expression === 'true' || expression === 'false') return expression === 'true';
  const quoted = /^'((?:[^']|'')*)'::[\w ."[\]()]+$/.exec(expression)?.[1]?.replaceAll("''", "'");
  if (quoted === undefined) return undefined;
  if (isArray) return quoted === '{}' ? [] : undefined;
  return isJson ? parsed(quoted) : quoted;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
