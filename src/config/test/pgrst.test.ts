import { describe, expect, test } from 'bun:test';
import { loadPgrst } from '../pgrst.ts';
import { pgrstSettings } from '../pgrst-settings.ts';

describe("PostgREST's settings", () => {
  test('have their defaults', () => {
    expect(loadPgrst({})).toMatchObject({
      schemas: ['public'],
      extraSearchPath: ['public'],
      anonRole: undefined,
      maxRows: undefined,
      txEnd: 'commit',
      jwtRoleClaimKey: '$.role',
      aggregatesEnabled: false,
      legacyTargetNames: true,
      appSettings: [],
    });
  });

  const cases: readonly (readonly [variable: string, raw: string, read: object])[] = [
    ['PGRST_DB_SCHEMAS', 'api, other', { schemas: ['api', 'other'] }],
    ['PGRST_DB_SCHEMA', 'api', { schemas: ['api'] }],
    ['PGRST_DB_EXTRA_SEARCH_PATH', '', { extraSearchPath: [] }],
    ['PGRST_DB_EXTRA_SEARCH_PATH', 'a, b', { extraSearchPath: ['a', 'b'] }],
    ['PGRST_DB_ANON_ROLE', '', { anonRole: undefined }],
    ['PGRST_MAX_ROWS', '100', { maxRows: 100 }],
    ['PGRST_DB_AGGREGATES_ENABLED', '"True"', { aggregatesEnabled: true }],
    ['PGRST_DB_AGGREGATES_ENABLED', '1', { aggregatesEnabled: true }],
    ['PGRST_DB_AGGREGATES_ENABLED', '0', { aggregatesEnabled: false }],
    ['PGRST_PRE_REQUEST', 'auth.check', { preRequest: { schema: 'auth', name: 'check' } }],
    ['PGRST_DB_PRE_REQUEST', 'check', { preRequest: { schema: '', name: 'check' } }],
    ['PGRST_DB_TX_END', 'rollback-allow-override', { txEnd: 'rollback-allow-override' }],
    ['PGRST_JWT_AUD', 'https://example.com', { jwtAudience: 'https://example.com' }],
    [
      'PGRST_OPENAPI_SERVER_PROXY_URI',
      'https://example.com:8443/base',
      { openapiServerProxyUri: 'https://example.com:8443/base' },
    ],
    ['PGRST_APP_SETTINGS_MAIL_FROM', 'x@y', { appSettings: [['app.settings.MAIL_FROM', 'x@y']] }],
  ];
  test.each(cases)('%s=%s', (variable, raw, read) => {
    expect(loadPgrst({ [variable]: raw })).toMatchObject(read);
  });

  const invalid: readonly (readonly [variable: string, raw: string])[] = [
    ['PGRST_DB_SCHEMAS', 'api, pg_catalog'],
    ['PGRST_DB_TX_END', 'comit'],
    ['PGRST_DB_MAX_ROWS', 'many'],
    ['PGRST_JWT_AUD', 'a:b c'],
    ['PGRST_OPENAPI_SERVER_PROXY_URI', 'ftp://x'],
  ];
  test.each(invalid)('refuses %s=%s', (variable, raw) => {
    expect(() => loadPgrst({ [variable]: raw })).toThrow(
      expect.objectContaining({ code: 'config_invalid_value', field: variable }),
    );
  });

  test('the nearest right value is named', () => {
    expect(() => loadPgrst({ PGRST_DB_TX_END: 'comit' })).toThrow(
      expect.objectContaining({ hint: 'Did you mean commit?' }),
    );
  });

  test('the database comes before the environment', () => {
    const inDatabase = { db_schemas: 'stored' };
    expect(loadPgrst({ PGRST_DB_SCHEMAS: 'given' }, inDatabase).schemas).toEqual(['stored']);
  });

  test.each(Object.values(pgrstSettings).map((row) => [row.name, row.help]))('%s says what it does', (_name, help) => {
    expect(help.length).toBeGreaterThan(10);
  });
});
