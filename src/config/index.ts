export { helpText, referenceTable } from './help.ts';
export { type Environment, environmentNames, type Flags, loadConfig, unknownVariables } from './load.ts';
export {
  type DatabaseSettings,
  databaseSettingNames,
  loadPgrst,
  type PgrstConfig,
  type PgrstSetting,
  pgrstSettings,
  type RoutineName,
} from './pgrst.ts';
export { type Config, type Setting, type SettingName, settings } from './settings.ts';
