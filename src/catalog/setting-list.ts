/** Settings as `ALTER ROLE … SET` and `CREATE FUNCTION … SET` keep them: `name=value` each. */
export interface SettingList {
  /** Of `default_transaction_isolation`. */
  readonly isolation: string | null;
  readonly settings: readonly (readonly [name: string, value: string])[];
}

export const isolationSetting = 'default_transaction_isolation';

export function settingsOf(config: readonly string[]): SettingList {
  const settings = config.map((setting): readonly [string, string] => {
    const at = setting.indexOf('=');
    return [setting.slice(0, at), setting.slice(at + 1)];
  });
  const isolation = settings.find(([name]) => name === isolationSetting)?.[1] ?? null;
  return { isolation, settings: Object.freeze(settings) };
}
