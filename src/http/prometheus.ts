import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { PoolStats } from '../db/driver.ts';
import type { RequestObserver } from './request-log.ts';

export interface Instruments {
  readonly observe: RequestObserver;
  readonly contentType: string;
  /** All of it, in Prometheus's text format. */
  text(): Promise<string>;
}

/** Upper bounds in seconds: Prometheus's usual ones, with two finer steps for reads by key. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Requests by method and status with their time, the pool, and the process. */
export function instruments(pool: () => PoolStats): Instruments {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request to response',
    labelNames: ['method', 'status'],
    buckets,
    registers: [register],
  });
  new Gauge({
    name: 'database_connections',
    help: 'Connections of the pool by state',
    labelNames: ['state'],
    registers: [register],
    collect() {
      const stats = pool();
      for (const state of ['busy', 'idle', 'waiting'] as const) this.set({ state }, stats[state]);
    },
  });
  return {
    observe: ({ method, status, took }) => requests.observe({ method, status }, took / 1_000),
    contentType: register.contentType,
    text: () => register.metrics(),
  };
}
