import { nearest } from '../errors/index.ts';
import type { Environment } from './load.ts';
import { type PgrstSetting, pgrstSettings } from './pgrst-settings.ts';
import { type Setting, settings } from './settings.ts';

const rows: readonly Pick<Setting<unknown> | PgrstSetting<unknown>, 'env'>[] = [
  ...Object.values(settings),
  ...Object.values(pgrstSettings),
];
const known = new Set(rows.flatMap((row) => [...row.env]));

/** Says which variables look like settings and are none, each with the nearest that is: a typo in an environment is silent otherwise. */
export const unknownNotices = (environment: Environment): readonly string[] =>
  Object.keys(environment).filter(isUnknown).map(notice);

const isUnknown = (name: string): boolean =>
  /^(HUTCH|PGRST)_/.test(name) && !/^(HUTCH_TEST_|PGRST_APP_SETTINGS_)/.test(name) && !known.has(name);

function notice(name: string): string {
  const near = nearest(name, known);
  return `${name} is no setting of Hutch’s${near === undefined ? '' : `; did you mean ${near}?`}`;
}
