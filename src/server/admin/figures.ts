import type { PoolStats } from '../../db/index.ts';
import type { TokenCounts } from '../../rest/auth/authenticate.ts';

/** What PostgREST's metrics tell. */
export interface Figures {
  readonly pool: PoolStats;
  readonly schema: SchemaLoads;
  readonly tokens: TokenCounts;
}

/** How the catalog was read so far. */
export interface SchemaLoads {
  readonly succeeded: number;
  readonly failed: number;
  /** Seconds that the last read took. */
  readonly seconds: number;
}

type Line = readonly [
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  values: readonly (readonly [string, number])[],
];

/** Metrics under PostgREST's own names, in Prometheus's text format. */
export function figuresText({ pool, schema, tokens }: Figures): string {
  const free = Math.max(0, pool.size - pool.busy);
  const loads = [
    ['{status="SUCCESS"}', schema.succeeded],
    ['{status="FAIL"}', schema.failed],
  ] as const;
  const lines: readonly Line[] = [
    [
      'pgrst_schema_cache_query_time_seconds',
      'gauge',
      'The query time in seconds of the last schema cache load',
      [['', schema.seconds]],
    ],
    ['pgrst_schema_cache_loads_total', 'counter', 'The total number of times the schema cache was loaded', loads],
    [
      'pgrst_db_pool_timeouts_total',
      'counter',
      'The total number of pool connection timeouts',
      [['', pool.timeouts ?? 0]],
    ],
    ['pgrst_db_pool_available', 'gauge', 'Available connections in the pool', [['', free]]],
    ['pgrst_db_pool_waiting', 'gauge', 'Requests waiting to acquire a pool connection', [['', pool.waiting]]],
    ['pgrst_db_pool_max', 'gauge', 'Max pool connections', [['', pool.size]]],
    ['pgrst_jwt_cache_requests_total', 'counter', 'The total number of JWT cache lookups', [['', tokens.lookups]]],
    ['pgrst_jwt_cache_hits_total', 'counter', 'The total number of JWT cache hits', [['', tokens.hits]]],
    ['pgrst_jwt_cache_evictions_total', 'counter', 'The total number of JWT cache evictions', [['', tokens.evictions]]],
  ];
  return lines.map(text).join('');
}

const text = ([name, type, help, values]: Line): string =>
  [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...values.map(([labels, value]) => `${name}${labels} ${value}`),
    '',
  ].join('\n');
