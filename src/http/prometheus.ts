import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { QueryStat } from '../data/connections/query-stats.ts';
import type { PoolStats } from '../db/driver.ts';
import type { RequestObserver } from './request-log.ts';

/** What is asked whenever the metrics are. */
export interface Sources {
  pool(): PoolStats;
  /** In the order of their URLs. */
  replicas?(): readonly { readonly alive: boolean; readonly pool: PoolStats }[];
  /** Those that took most time in all first. */
  statements?(): readonly QueryStat[];
}

export interface Instruments {
  readonly observe: RequestObserver;
  readonly contentType: string;
  /** All of it, in Prometheus's text format. */
  text(): Promise<string>;
}

/** Upper bounds in seconds: Prometheus's usual ones, with two finer steps for reads by key. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Statements with figures of their own: each is a series for Prometheus to keep. */
const MOST_STATEMENTS = 50;

/** Requests by method and status with their time, the pools, the statements that take most time, and the process. */
export function instruments(sources: Sources): Instruments {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request to response',
    labelNames: ['method', 'status'],
    buckets,
    registers: [register],
  });
  registerPools(register, sources);
  registerStatements(register, sources);
  return {
    observe: byLabels((method, status) => requests.labels(method, status)),
    contentType: register.contentType,
    text: () => register.metrics(),
  };
}

/** Methods with figures of their own: a client may make up as many as it likes. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const MOST_LABELS = 1_000;

/** What stands behind labels is looked for once, not with every request. */
function byLabels(find: (method: string, status: string) => Observer): RequestObserver {
  const known = new Map<string, Observer>();
  return ({ method, status, took }) => {
    const labels = `${status}${method}`;
    const observer = known.get(labels) ?? find(METHODS.has(method) ? method : 'other', String(status));
    if (known.size >= MOST_LABELS) known.clear();
    known.set(labels, observer);
    observer.observe(took / 1_000);
  };
}

interface Observer {
  observe(seconds: number): void;
}

function registerPools(register: Registry, { pool, replicas = () => [] }: Sources): void {
  new Gauge({
    name: 'database_connections',
    help: 'Connections of the pool by state',
    labelNames: ['state'],
    registers: [register],
    collect() {
      for (const [state, value] of statesOf(pool())) this.set({ state }, value);
    },
  });
  if (replicas().length === 0) return;
  new Gauge({
    name: 'database_replica_connections',
    help: 'Connections to each read replica by state',
    labelNames: ['replica', 'state'],
    registers: [register],
    collect() {
      for (const [index, it] of replicas().entries())
        for (const [state, value] of statesOf(it.pool)) this.set({ replica: String(index + 1), state }, value);
    },
  });
  new Gauge({
    name: 'database_replica_up',
    help: 'Whether each read replica takes part',
    labelNames: ['replica'],
    registers: [register],
    collect() {
      for (const [index, { alive }] of replicas().entries()) this.set({ replica: String(index + 1) }, alive ? 1 : 0);
    },
  });
}

const statesOf = ({ busy, idle, waiting }: PoolStats) => Object.entries({ busy, idle, waiting });

/** By the id that the log's lines of slow statements have beside the text: the text is nobody's business who may read metrics. */
function registerStatements(register: Registry, { statements }: Sources): void {
  if (!statements) return;
  const series: readonly [name: string, help: string, value: (stat: QueryStat) => number][] = [
    ['database_statements_total', 'Runs of a statement', ({ count }) => count],
    ['database_statement_errors_total', 'Runs of a statement that failed', ({ errors }) => errors],
    ['database_statement_rows_total', 'Rows that a statement gave or wrote', ({ rows }) => rows],
    ['database_statement_seconds_total', 'Time that a statement ran', ({ count, mean }) => (count * mean) / 1_000],
  ];
  for (const [name, help, value] of series) {
    new Counter({
      name,
      help,
      labelNames: ['statement'],
      registers: [register],
      collect() {
        this.reset();
        for (const stat of statements().slice(0, MOST_STATEMENTS)) this.inc({ statement: stat.id }, value(stat));
      },
    });
  }
}
