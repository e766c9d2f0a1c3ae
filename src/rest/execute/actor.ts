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
  return {
    role: caller.role,
    settings: {
      search_path: [request.schema, ...settings.extraSearchPath].map(quoteName).join(', '),
      ...Object.fromEntries(catalog.roles.get(caller.role)?.settings ?? []),
      'request.jwt.claims': caller.claims,
      'request.method': request.method,
      'request.path': request.path,
      'request.headers': JSON.stringify(request.headers),
      'request.cookies': JSON.stringify(request.cookies),
      ...(timezone === null ? {} : { timezone }),
      ...Object.fromEntries(plan?.settings ?? []),
      ...Object.fromEntries(settings.appSettings),
    },
  };
}
