import { type PgrstSetting, pgrstSettings } from './pgrst-settings.ts';
import { type Group, type Setting, settings } from './settings.ts';

const headings: Record<Group, string> = {
  project: 'Project',
  server: 'Server',
  database: 'Postgres',
  embedded: 'Embedded Postgres',
  auth: 'Authentication',
  tools: 'Tools',
};

const rows: readonly Setting<unknown>[] = Object.values(settings);

/** The settings as `hutch help settings` prints them: a heading for each group, two lines for each setting. */
export function helpText(): string {
  return Object.entries(headings)
    .map(([group, heading]) => [heading, ...rows.filter((row) => row.group === group).map(paragraph)].join('\n'))
    .join('\n\n');
}

function paragraph(row: Setting<unknown>): string {
  const names = [...(row.flag ? [`--${row.flag}`] : []), ...row.env].join(', ');
  return `  ${names}  ${row.kind.form}${standing(row)}\n      ${row.help}`;
}

const standing = (row: Setting<unknown>): string => {
  const value = printed(row);
  return value === '' ? '' : `  (default ${value})`;
};

/** A setting's default, as one would write it. */
function printed({ kind, default: value }: Pick<Setting<unknown>, 'kind' | 'default'>): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return '';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return kind.print?.(value) ?? String(value);
}

/** The same as a Markdown table, for the docs. */
export function referenceTable(): string {
  const lines = rows.map(
    (row) =>
      `| ${row.env.map((name) => `\`${name}\``).join(', ')} | ${row.flag ? `\`--${row.flag}\`` : ''} | ${printed(row)} | ${row.help.replaceAll('|', '\\|')} |`,
  );
  return ['| environment | flag | default | |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

/** PostgREST's settings as a Markdown table. */
function pgrstTable(): string {
  const lines = Object.values(pgrstSettings).map(
    (row: PgrstSetting<unknown>) => `| \`${row.env[0]}\` | ${printed(row)} | ${row.help.replaceAll('|', '\\|')} |`,
  );
  return ['| environment | default | |', '| --- | --- | --- |', ...lines].join('\n');
}

/** The whole reference page, `docs/settings.md`. */
export function settingsPage(): string {
  return `# Settings

A flag comes before the environment, the environment before the default. An unknown flag or an invalid value names the nearest right one, and the command
exits with 2. Durations are written \`250ms\`, \`30s\`, \`5m\`, \`2h\`, \`90d\` (a number alone is milliseconds); sizes \`64kb\`, \`10mb\` (a number alone
is bytes).

${referenceTable()}

## PostgREST's

They are understood under their own names, so that a deployment can swap one server for the other; and from the database (\`ALTER ROLE … SET pgrst.db_schemas = …\`)
as PostgREST has it, anew with \`NOTIFY pgrst, 'reload config'\` or SIGUSR2 (the schema with \`NOTIFY pgrst\` or SIGUSR1). \`PGRST_APP_SETTINGS_*\` become
\`app.settings.*\`. Durations under these names are seconds. In development anonymous requests act as \`anon\`, and aggregates and plans are on.

Of \`request.*\` and \`app.settings.*\` each request sets what code in the database could read when the schema was last read: functions, policies, views, defaults,
checks, triggers. Whoever makes the first that reads one of them says \`NOTIFY pgrst\`, as for a new table, or has \`HUTCH_REQUEST_SETTINGS=always\` set all.

${pgrstTable()}
`;
}
