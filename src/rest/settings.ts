import type { Qualified } from './plan/types.ts';

/** What the dialect needs to know of the configuration; each is the `PGRST_*` setting of the same meaning. */
export interface RestSettings {
  /** Exposed schemas, the default one first (`db-schemas`). */
  readonly schemas: readonly string[];
  /** Behind the request's schema in the search path (`db-extra-search-path`). */
  readonly extraSearchPath: readonly string[];
  /** The role of requests without a token (`db-anon-role`); null refuses them. */
  readonly anonRole: string | null;
  /** The most rows any response or embed may have (`db-max-rows`). */
  readonly maxRows: number | null;
  readonly aggregatesEnabled: boolean;
  /** `application/vnd.pgrst.plan` may be asked for (`db-plan-enabled`). */
  readonly planEnabled: boolean;
  /** Called before each request's statement (`db-pre-request`); without a schema it is looked for along the search path. */
  readonly preRequest: Qualified | null;
  /** A function that answers at the root instead of the OpenAPI document (`db-root-spec`). */
  readonly rootSpec: Qualified | null;
  readonly txEnd: 'commit' | 'commit-allow-override' | 'rollback' | 'rollback-allow-override';
  /** Aliased embeds may still be filtered by their table's name (`url-use-legacy-target-names`). */
  readonly legacyTargetNames: boolean;
  /** Function settings that hold for the whole transaction (`db-hoisted-tx-settings`). */
  readonly hoistedSettings: readonly string[];
  /** `app.settings.*`, names in full. */
  readonly appSettings: readonly (readonly [name: string, value: string])[];
  /** `request.*` and `app.settings.*` are set for each transaction: those that code in the database can read, or all of them. */
  readonly requestSettings: 'read' | 'always';
  readonly openapiMode: 'follow-privileges' | 'ignore-privileges' | 'disabled';
  readonly openapiServerProxyUri: string | null;
  readonly openapiSecurityActive: boolean;
  /** `Server-Timing` on every response. */
  readonly serverTiming: boolean;
  readonly errorVerbosity: 'verbose' | 'minimal';
  /** A request header that the response repeats (`server-trace-header`). */
  readonly traceHeader: string | null;
}

export const defaultRestSettings: RestSettings = Object.freeze({
  schemas: ['public'],
  extraSearchPath: ['public'],
  anonRole: null,
  maxRows: null,
  aggregatesEnabled: false,
  planEnabled: false,
  preRequest: null,
  rootSpec: null,
  txEnd: 'commit',
  legacyTargetNames: true,
  hoistedSettings: ['statement_timeout', 'plan_filter.statement_cost_limit', 'default_transaction_isolation'],
  appSettings: [],
  requestSettings: 'read',
  openapiMode: 'follow-privileges',
  openapiServerProxyUri: null,
  openapiSecurityActive: false,
  serverTiming: false,
  errorVerbosity: 'verbose',
  traceHeader: null,
});
