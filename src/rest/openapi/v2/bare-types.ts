import type { Routine } from '../../../catalog/index.ts';
import { identifier } from '../../../db/index.ts';

/**
 * The functions with their arguments' types as Postgres prints them under a search path: without the schemas on it. The
 * dialect reads them so where it follows privileges, within the request's own transaction.
 */
export function withBareTypes(routines: readonly Routine[], searchPath: readonly string[]): readonly Routine[] {
  const prefixes = searchPath.map((schema) => `${quoted(schema)}.`);
  const bare = (type: string): string => {
    const prefix = prefixes.find((candidate) => type.startsWith(candidate));
    return prefix === undefined ? type : type.slice(prefix.length);
  };
  return routines.map((routine) => ({
    ...routine,
    parameters: routine.parameters.map((parameter) => ({ ...parameter, type: bare(parameter.type) })),
  }));
}

const quoted = (name: string): string => (/^[a-z_][a-z0-9_$]*$/.test(name) ? name : identifier(name));
