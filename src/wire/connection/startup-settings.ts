/** Startup parameters that are not settings of the session. */
const NOT_SETTINGS: ReadonlySet<string> = new Set(['user', 'database', 'options', 'replication']);

export interface StartupSetting {
  readonly name: string;
  readonly value: string;
}

/** The session settings that a startup packet asks for: those of `options` (`-c name=value`) and those by name. */
export function startupSettings(parameters: ReadonlyMap<string, string>): readonly StartupSetting[] {
  const settings = optionSettings(parameters.get('options') ?? '');
  for (const [name, value] of parameters) {
    if (!NOT_SETTINGS.has(name) && !name.startsWith('_pq_.')) settings.push({ name, value });
  }
  return settings;
}

/** `-c name=value`, `-cname=value` and `--name=value`, words parted by spaces; a backslash takes what follows literally. */
function optionSettings(options: string): StartupSetting[] {
  const words = [...options.matchAll(/(?:\\.|[^\s\\])+/gs)].map(([word]) => word.replace(/\\(.)/gs, '$1'));
  const settings: StartupSetting[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const assignment = word === '-c' ? (words[++index] ?? '') : word.replace(/^(?:--|-c)/, '');
    const equals = assignment.indexOf('=');
    if (equals < 1) throw new RangeError(`invalid command-line argument for server process: ${word}`);
    settings.push({ name: assignment.slice(0, equals).replaceAll('-', '_'), value: assignment.slice(equals + 1) });
  }
  return settings;
}
