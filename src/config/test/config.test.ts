import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isHutchError } from '../../errors/index.ts';
import { settingsPage } from '../help.ts';
import { helpText, loadConfig, referenceTable, type Setting, settings, unknownNotices } from '../index.ts';

const rows: readonly (readonly [string, Setting<unknown>])[] = Object.entries(settings);

describe('reading settings', () => {
  const cases = [
    { name: 'defaults', env: {}, flags: {}, wants: { port: 3000, fsync: false, logLevel: 'info', cors: [] } },
    { name: 'environment', env: { PORT: '0', HUTCH_FSYNC: 'on' }, flags: {}, wants: { port: 0, fsync: true } },
    { name: 'a flag before the environment', env: { PORT: '1' }, flags: { port: '2' }, wants: { port: 2 } },
    {
      name: 'our name before another tool’s',
      env: { PORT: '1', PGRST_SERVER_PORT: '2' },
      flags: {},
      wants: { port: 1 },
    },
    { name: 'another tool’s name', env: { PGRST_SERVER_PORT: '2' }, flags: {}, wants: { port: 2 } },
    { name: 'an empty variable is not set', env: { PORT: '' }, flags: {}, wants: { port: 3000 } },
    {
      name: 'durations',
      env: { HUTCH_GRACE: '1.5s', HUTCH_SLOW_QUERY: '250' },
      flags: {},
      wants: { grace: 1500, slowQuery: 250 },
    },
    { name: 'sizes', env: { HUTCH_BODY_LIMIT: '2MB' }, flags: {}, wants: { bodyLimit: 2_097_152 } },
    {
      name: 'lists',
      env: { HUTCH_CORS: 'https://a.example, https://b.example,' },
      flags: {},
      wants: { cors: ['https://a.example', 'https://b.example'] },
    },
    { name: 'a bare switch', env: {}, flags: { fsync: true }, wants: { fsync: true } },
  ];
  test.each(cases)('$name', ({ env, flags, wants }) => {
    expect(loadConfig(env, flags)).toMatchObject(wants);
  });

  test('the result is frozen', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
  });
});

describe('wrong values', () => {
  const cases = [
    {
      env: { PORT: '70000' },
      message: 'Invalid value for PORT: "70000"',
      details: 'PORT takes a whole number from 0 to 65535',
    },
    { env: { LOG_LEVEL: 'wran' }, message: 'Invalid value for LOG_LEVEL: "wran"', hint: 'Did you mean warn?' },
    {
      env: { HUTCH_SSL: 'verify_full' },
      message: 'Invalid value for HUTCH_SSL: "verify_full"',
      hint: 'Did you mean verify-full?',
    },
    { env: { HUTCH_GRACE: 'soon' }, message: 'Invalid value for HUTCH_GRACE: "soon"' },
    { env: { DATABASE_URL: 'secret-without-scheme' }, message: 'Invalid value for DATABASE_URL' },
  ];
  test.each(cases)('$message', ({ env, message, details, hint }) => {
    try {
      loadConfig({ ...env });
      throw new Error('accepted');
    } catch (error) {
      if (!isHutchError(error)) throw error;
      expect(error.code).toBe('config_invalid_value');
      expect(error.message).toBe(message);
      if (details) expect(error.details).toBe(details);
      if (hint) expect(error.hint).toBe(hint);
    }
  });

  test('a variable that is none of ours is named with the nearest', () => {
    const environment = {
      HUTCH_FSYCN: 'on',
      PGRST_DB_ANON_ROL: 'anon',
      PGRST_APP_SETTINGS_A: '1',
      PORT: '1',
      PGRST_DB_URI: 'x',
      PGHOTS: 'x',
      PGSSLMOD: 'x',
      PGDATA: 'x',
      PGPASSFILE: 'x',
      PGADMIN_LISTEN_ADDRESS: 'x',
    };
    expect(unknownNotices(environment)).toEqual([
      'HUTCH_FSYCN is no setting of Hutch’s; did you mean HUTCH_FSYNC?',
      'PGRST_DB_ANON_ROL is no setting of Hutch’s; did you mean PGRST_DB_ANON_ROLE?',
      'PGHOTS is no setting of Hutch’s; did you mean PGHOST?',
      'PGSSLMOD is no setting of Hutch’s; did you mean PGSSLMODE?',
    ]);
  });
});

describe('documentation', () => {
  test.each(rows.map(([name, row]) => ({ name, row })))('$name is documented', ({ row }) => {
    expect(row.help.length).toBeGreaterThan(10);
    for (const variable of row.env) {
      expect(helpText()).toContain(variable);
      expect(referenceTable()).toContain(`\`${variable}\``);
    }
  });

  test('docs/settings.md is what the tables say', () => {
    const page = readFileSync(join(import.meta.dir, '..', '..', '..', 'docs', 'settings.md'), 'utf8');
    expect(page).toBe(settingsPage());
  });

  test('a default is printed as one would write it', () => {
    expect(helpText()).toContain('--grace, HUTCH_GRACE  <duration>  (default 10s)');
    expect(referenceTable()).toContain('| `HUTCH_BODY_LIMIT` | `--body-limit` | 10mb |');
    for (const [, row] of rows)
      if (row.kind.print) expect(row.kind.parse(row.kind.print(row.default))).toBe(row.default);
  });

  test('no secret has a flag, where other users of the machine could read it', () => {
    expect(rows.filter(([, row]) => row.secret && row.flag !== undefined)).toEqual([]);
  });

  test('no two settings share a variable or a flag', () => {
    const names = rows.flatMap(([, row]) => [...row.env, ...(row.flag ? [row.flag] : [])]);
    expect(new Set(names).size).toBe(names.length);
  });
});
