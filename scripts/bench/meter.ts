import type { Driver } from '../../src/db/index.ts';
import { median } from './median.ts';
import { computedForDatabase } from './processor-time.ts';
import type { TableRow } from './results.ts';

/** Milliseconds of one run: by the clock, and computed by this process and the database server together. */
export interface Spent {
  readonly clock: number;
  readonly computed: number;
}

/** Runs work and tells what it cost. */
export class Meter {
  /** `driver`: on the database that the work is done on; where that is a server's, its time is counted too. */
  constructor(private readonly driver: Driver) {}

  /** The cost of each of `times` runs, one after the other. */
  async spent(work: () => Promise<unknown>, times = 1): Promise<Spent> {
    const computed = await this.computed();
    const started = performance.now();
    for (let time = 0; time < times; time++) await work();
    const clock = performance.now() - started;
    return { clock: clock / times, computed: ((await this.computed()) - computed) / times };
  }

  private async computed(): Promise<number> {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000 + (await computedForDatabase(this.driver));
  }
}

export type Contestant = () => Promise<Spent>;

/**
 * Runs all by turns, so that whatever slows the machine slows each of them: medians, in their order. The first round warms up, and
 * every second one goes backwards.
 */
export async function byTurns(rounds: number, contestants: readonly Contestant[]): Promise<readonly Spent[]> {
  const samples = contestants.map((): Spent[] => []);
  for (let round = 0; round <= rounds; round++) {
    const places = contestants.map((_, place) => place);
    for (const place of round % 2 === 0 ? places : places.reverse()) {
      const spent = await contestants[place]?.();
      if (round > 0 && spent !== undefined) samples[place]?.push(spent);
    }
  }
  return samples.map((taken) => ({
    clock: median(taken.map(({ clock }) => clock)),
    computed: median(taken.map(({ computed }) => computed)),
  }));
}

/** A figure that is asked for: at least that share of the other's speed, or at most that many times its cost. */
export interface Asked {
  readonly what: string;
  readonly against: string;
  readonly asked: string;
  /** `speed`: the other's time by ours. `cost`: ours by the other's. */
  readonly ratio: 'speed' | 'cost';
}

/** The row of a figure. */
export function figure(
  { what, against, asked, ratio }: Asked,
  ours: Spent | undefined,
  other: Spent | undefined,
): TableRow {
  const share = (key: keyof Spent) => {
    const [a, b] = ratio === 'speed' ? [other?.[key], ours?.[key]] : [ours?.[key], other?.[key]];
    return a && b ? (a / b).toFixed(2) : '';
  };
  return {
    what,
    ms: milliseconds(ours?.clock),
    against,
    'its ms': milliseconds(other?.clock),
    ratio: share('clock'),
    'cpu ratio': share('computed'),
    asked,
  };
}

/** Three digits, whatever the size. */
const milliseconds = (value = 0): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
