import type { Catalog } from '../../catalog/index.ts';
import type { Actor } from '../../db/index.ts';
import type { Caller } from '../auth/authenticate.ts';
import { quoteName } from '../compile/sql.ts';
import type { ApiRequest } from '../parse/types.ts';
import type { StatementPlan } from '../plan/types.ts';
import type { RestSettings } from '../settings.ts';

export interface ActorContext {
  readonly request: ApiRequest;
  readonly caller: Caller;
  readonly catalog: Catalog;
  readonly settings: RestSettings;
}

/** The role and everything SQL can ask of the request, for one transaction. */
export function actorOf({ request, caller, catalog, settings }: ActorContext, plan: StatementPlan | null): Actor {
  const { timezone } = request.preferences;
  const all: Record<string, string> = { search_path: searchPath(request.schema, settings.extraSearchPath) };
  add(all, catalog.roles.get(caller.role)?.settings);
  const read = settings.requestSettings === 'always' ? null : catalog.settingsRead;
  if (isRead(read, 'request.jwt.claims')) all['request.jwt.claims'] = caller.claims;
  if (isRead(read, 'request.method')) all['request.method'] = request.method;
  if (isRead(read, 'request.path')) all['request.path'] = request.path;
  if (isRead(read, 'request.headers')) all['request.headers'] = JSON.stringify(request.headers);
  if (isRead(read, 'request.cookies')) all['request.cookies'] = JSON.stringify(request.cookies);
  if (timezone !== null) all.timezone = timezone;
  add(all, plan?.settings);
  for (const [name, value] of settings.appSettings) if (isRead(read, name.toLowerCase())) all[name] = value;
  return { role: caller.role, claims: caller.claims, settings: all };
}

const isRead = (read: Catalog['settingsRead'], name: string): boolean => read === null || read.has(name);

function add(to: Record<string, string>, settings: Iterable<readonly [string, string]> = []): void {
  for (const [name, value] of settings) to[name] = value;
}

const searchPaths = new WeakMap<readonly string[], Map<string, string>>();

/** The exposed schemas are few, and there are no others here. */
function searchPath(schema: string, extra: readonly string[]): string {
  const known = searchPaths.get(extra) ?? new Map<string, string>();
  searchPaths.set(extra, known);
  const path = known.get(schema) ?? [schema, ...extra].map(quoteName).join(', ');
  known.set(schema, path);
  return path;
}
