export { helpText, referenceTable } from './help.ts';
export { type Environment, type Flags, loadConfig, unknownVariables } from './load.ts';
export { isSameSecret } from './same-secret.ts';
export { type Config, type Setting, type SettingName, settings } from './settings.ts';
