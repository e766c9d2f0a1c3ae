import type { Sample } from './http-samples.ts';
import { median } from './median.ts';
import type { Setting } from './peer.ts';
import type { TableRow } from './results.ts';
import type { Running } from './running.ts';

/** All samples of a server at one number of connections. */
export interface Series {
  readonly running: Running;
  readonly connections: number;
  readonly samples: readonly Sample[];
}

/** A row for each server, with its share of the base, and how many times as fast Hutch is: by the clock, and by what it computes. */
export function report(setting: Setting, series: readonly Series[]): readonly TableRow[] {
  return series.map((one) => {
    const beside = series.filter(({ connections }) => connections === one.connections);
    const [mine, base, hutch] = [one, beside.find(isBase), beside.find(isHutch)].map(middle);
    return {
      'conn.': one.connections,
      server: one.running.peer.name,
      'req/s': Math.round(mine?.perSecond ?? 0),
      'of base': ratio(mine?.perSecond, base?.perSecond),
      'Hutch ×': ratio(hutch?.perSecond, mine?.perSecond),
      asked: (one.connections > 1 && one.running.peer.asked?.(setting)) || '',
      'p50 ms': (mine?.p50 ?? 0).toFixed(2),
      'p99 ms': (mine?.p99 ?? 0).toFixed(2),
      'cpu µs': Math.round(mine?.cpu ?? 0),
      'database µs': Math.round(mine?.database ?? 0),
      'cpu of base': ratio(computed(base), computed(mine)),
      'cpu, Hutch ×': ratio(computed(mine), computed(hutch)),
    };
  });
}

const isBase = ({ running }: Series): boolean => running.peer.base === true;
const isHutch = ({ running }: Series): boolean => running.peer.name === 'hutch';

type Middle = Pick<Sample, 'perSecond' | 'p50' | 'p99' | 'cpu' | 'database'>;

function middle(series: Series | undefined): Middle | undefined {
  if (series === undefined) return undefined;
  const of = (key: keyof Middle) => median(series.samples.map((sample) => sample[key]));
  return { perSecond: of('perSecond'), p50: of('p50'), p99: of('p99'), cpu: of('cpu'), database: of('database') };
}

/** By the server and its database: what requests cost the machine, whoever else uses it. */
const computed = (of: Middle | undefined): number | undefined => of && of.cpu + of.database;

const ratio = (a: number | undefined, b: number | undefined): string =>
  a === undefined || !b ? '' : (a / b).toFixed(2);
