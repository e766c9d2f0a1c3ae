export { helpText, referenceTable } from './help.ts';
export { CLIENT_PARAMETERS, LIBPQ_PARAMETERS } from './libpq.ts';
export { type Environment, type Flags, loadConfig } from './load.ts';
export { type Config, type Setting, type SettingName, settings } from './settings.ts';
export { unknownNotices } from './unknown.ts';
