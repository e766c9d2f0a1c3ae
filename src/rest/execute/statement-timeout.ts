import type { Actor, Driver } from '../../db/index.ts';

const MILLISECONDS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * `statement_timeout` of the function or the role, for an engine that does not end statements itself: a limit of the run, in
 * milliseconds. A server reads the setting, so it needs none.
 */
export function ownTimeout(driver: Driver, actor: Actor | undefined): number | undefined {
  const own = actor?.settings?.statement_timeout;
  return own === undefined || driver.capabilities.serverCancel ? undefined : milliseconds(own);
}

/** A duration as Postgres's settings have it: `100ms`, `4s`, `1min`, or milliseconds. */
function milliseconds(text: string): number | undefined {
  const [, number, unit = 'ms'] = /^\s*(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?\s*$/.exec(text) ?? [];
  const factor = MILLISECONDS[unit];
  return number === undefined || factor === undefined ? undefined : Math.round(Number(number) * factor);
}
