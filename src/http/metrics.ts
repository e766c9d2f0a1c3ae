import type { Instruments, Sources } from './prometheus.ts';
import type { RequestObservation, RequestObserver } from './request-log.ts';

export interface Metrics {
  readonly observe: RequestObserver;
  /** The metrics as Prometheus reads them. */
  text(): Promise<Response>;
}

/** Milliseconds after the first request until the instruments are loaded: by then a start is over. */
const LOAD_AFTER = 1_000;

/** Prometheus metrics. Their library takes as long to load as the rest of HTTP, so that comes after the start. */
export function metrics(sources: Sources): Metrics {
  const waiting: RequestObservation[] = [];
  let loading: Promise<Instruments> | undefined;
  let observe: RequestObserver = (observation) => {
    if (waiting.push(observation) === 1) setTimeout(load, LOAD_AFTER).unref();
  };
  const load = () => {
    loading ??= import('./prometheus.ts').then(({ instruments }) => {
      const loaded = instruments(sources);
      observe = loaded.observe;
      for (const observation of waiting.splice(0)) observe(observation);
      return loaded;
    });
    return loading;
  };
  return {
    observe: (observation) => observe(observation),
    async text() {
      const { text, contentType } = await load();
      return new Response(await text(), { headers: { 'content-type': contentType } });
    },
  };
}
