import type { Driver } from '../../db/driver.ts';
import type { Bus } from './store.ts';

const CHANNEL = 'hutch_cache';
/** Bytes: Postgres takes payloads below 8,000. */
const MAX_PAYLOAD = 7_000;

/** The database itself carries the news, by NOTIFY: nothing else to run. */
export function notifyBus(driver: Pick<Driver, 'listen' | 'notify'>): Bus {
  return {
    async publish(names) {
      for (const payload of payloadsOf(names)) await driver.notify(CHANNEL, payload);
    },
    subscribe: (heard, resumed) => driver.listen(CHANNEL, (payload) => heard(namesIn(payload)), resumed),
  };
}

function payloadsOf(names: readonly string[]): readonly string[] {
  const whole = JSON.stringify(names);
  if (Buffer.byteLength(whole) <= MAX_PAYLOAD || names.length < 2) return [whole];
  const half = Math.ceil(names.length / 2);
  return [...payloadsOf(names.slice(0, half)), ...payloadsOf(names.slice(half))];
}

function namesIn(payload: string): readonly string[] {
  try {
    const names: unknown = JSON.parse(payload);
    return Array.isArray(names) ? names.map(String) : [];
  } catch {
    // Somebody else's message on our channel.
    return [];
  }
}
