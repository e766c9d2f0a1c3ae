import type { Config } from '../../config/index.ts';
import { type Spread, spreadReads } from '../../data/connections/replicas.ts';
import type { Driver, Observation } from '../../db/index.ts';
import { openReplica, type Told } from './database.ts';

type Observer = (observation: Observation) => void;

/** Where reads go: what each part of a server reads from, by the setting `replicaReads`. */
export interface ReadRouting {
  /** For the API. */
  readonly api: Driver;
  /** For a route's `c.var.db`. */
  readonly db: Driver;
  /** For a route's `c.var.replica`. */
  readonly replica: Driver;
  readonly spread: Spread;
  /** Told of every statement, on the primary and on the replicas. */
  observe(observer: Observer): () => void;
}

interface Parts {
  readonly config: Config;
  readonly driver: Driver;
  readonly log: Told;
}

/** Opens the replicas in the background: none is waited for, and one that is away takes part once it is back. */
export function openReadRouting({ config, driver, log }: Parts): ReadRouting {
  const observers = new Set<Observer>();
  const open = (url: string) => async () => {
    const replica = await openReplica(config, url, log);
    replica.observe((observation) => {
      for (const observer of observers) observer(observation);
    });
    return replica;
  };
  const spread = spreadReads(driver, config.replicaUrls.map(open), {
    sticky: config.replicaSticky,
    onChange: (index, alive) =>
      log.warn(alive ? `replica ${index + 1} answers` : `replica ${index + 1} can't be reached and is left out`),
  });
  const wide = config.replicaUrls.length > 0 ? config.replicaReads : 'asked';
  return {
    api: wide === 'asked' ? driver : spread.spreading,
    db: wide === 'all' ? spread.spreading : driver,
    replica: config.replicaUrls.length > 0 ? spread.replica : driver,
    spread,
    observe(observer) {
      observers.add(observer);
      const unobserve = driver.observe(observer);
      return () => {
        observers.delete(observer);
        unobserve();
      };
    },
  };
}
