import { nearest } from '../errors/index.ts';
import type { Environment } from './load.ts';
import { type PgrstSetting, pgrstSettings } from './pgrst-settings.ts';
import { type Setting, settings } from './settings.ts';

const rows: readonly Pick<Setting<unknown> | PgrstSetting<unknown>, 'env'>[] = [
  ...Object.values(settings),
  ...Object.values(pgrstSettings),
];
const known = new Set(rows.flatMap((row) => [...row.env]));

/**
 * Variables that look like settings and are none, each with the nearest that is: a typo in an environment is silent otherwise.
 */
export function unknownVariables(environment: Environment): readonly { name: string; near: string | undefined }[] {
  return Object.keys(environment)
    .filter(
      (name) => /^(HUTCH|PGRST)_/.test(name) && !/^(HUTCH_TEST_|PGRST_APP_SETTINGS_)/.test(name) && !known.has(name),
    )
    .map((name) => ({ name, near: nearest(name, known) }));
}

/** The same in sentences. */
export const unknownNotices = (environment: Environment): readonly string[] =>
  unknownVariables(environment).map(
    ({ name, near }) => `${name} is no setting of Hutch’s${near === undefined ? '' : `; did you mean ${near}?`}`,
  );
