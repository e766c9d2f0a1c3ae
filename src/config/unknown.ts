import { nearest } from '../errors/index.ts';
import { LIBPQ_VARIABLES } from './libpq.ts';
import type { Environment } from './load.ts';
import { type PgrstSetting, pgrstSettings } from './pgrst-settings.ts';
import { type Setting, settings } from './settings.ts';

const rows: readonly Pick<Setting<unknown> | PgrstSetting<unknown>, 'env'>[] = [
  ...Object.values(settings),
  ...Object.values(pgrstSettings),
];
const known = new Set([...rows.flatMap((row) => [...row.env]), ...LIBPQ_VARIABLES]);

/** Says which variables look like settings and are none, each with the nearest that is: a typo in an environment is silent otherwise. */
export const unknownNotices = (environment: Environment): readonly string[] =>
  Object.keys(environment).flatMap((name) => (/^(HUTCH_|PG)/.test(name) && !known.has(name) ? noticeOf(name) : []));

function noticeOf(name: string): readonly string[] {
  const near = nearest(name, known);
  // Other programs' variables begin with PG as well.
  const isLibpqs = /^PG[A-Z]/.test(name) && near?.startsWith('PG') && !near.startsWith('PGRST_');
  const isOurs = /^(HUTCH|PGRST)_/.test(name) && !/^(HUTCH_TEST_|PGRST_APP_SETTINGS_)/.test(name);
  if (!isOurs && !isLibpqs) return [];
  return [`${name} is no setting of Hutch’s${near === undefined ? '' : `; did you mean ${near}?`}`];
}
