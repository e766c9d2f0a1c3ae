import type { RoutineRow, TypeRow } from './rows.ts';
import type { TypeIndex } from './type-index.ts';
import type { MediaHandler, MediaHandlers, Qualified } from './types.ts';

const mediaTypeName = /^[A-Za-z0-9.-]+\/[A-Za-z0-9.+-]+$/;
const anyType = '*/*';

/** Aggregates over rows, and functions, whose result is a domain that is named like a media type. */
export function mediaHandlersOf(rows: readonly RoutineRow[], types: TypeIndex): MediaHandlers {
  const any = new Map<string, MediaHandler>();
  const of = new Map<string, Map<string, Map<string, MediaHandler>>>();
  for (const row of rows) {
    const domain = types.row(row.returns);
    if (domain?.kind !== 'd' || !(mediaTypeName.test(domain.name) || domain.name === anyType)) continue;
    const handler = row.kind === 'a' ? aggregate(row, domain, types) : fromFunction(row, domain);
    if (!handler) continue;
    const own = handler.target ? nested(of, handler.target) : any;
    own.set(domain.name.toLowerCase(), Object.freeze(handler));
  }
  return Object.freeze({ any, of });
}

const resolved = ({ name }: TypeRow): string => (name === anyType ? 'application/octet-stream' : name);

function aggregate(row: RoutineRow, domain: TypeRow, types: TypeIndex): MediaHandler | undefined {
  const argument = types.row(row.types[0] ?? 0);
  const isAny = argument?.name === 'anyelement' && argument.schema === 'pg_catalog';
  if (!argument || row.count !== 1 || (!isAny && argument.kind !== 'w')) return undefined;
  return {
    function: { schema: row.schema, name: row.name },
    target: isAny ? null : { schema: argument.schema, name: argument.name },
    mediaType: resolved(domain),
  };
}

function fromFunction(row: RoutineRow, domain: TypeRow): MediaHandler | undefined {
  if (row.isSet) return undefined;
  return {
    function: { schema: domain.schema, name: domain.name },
    target: { schema: row.schema, name: row.name },
    mediaType: resolved(domain),
  };
}

function nested<V>(of: Map<string, Map<string, Map<string, V>>>, { schema, name }: Qualified): Map<string, V> {
  const bySchema = of.get(schema) ?? new Map<string, Map<string, V>>();
  const byName = bySchema.get(name) ?? new Map<string, V>();
  of.set(schema, bySchema.set(name, byName));
  return byName;
}
