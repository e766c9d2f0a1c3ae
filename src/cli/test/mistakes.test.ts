import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import { engines, postgresUrl, withDatabase } from '../../db/test/engines.ts';
import { TestProject } from './project.ts';

interface Mistake {
  readonly args: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly code: 1 | 2;
  readonly says: string;
}

const noProject = { code: 1, says: 'There is no project here' } as const;

const typed: readonly Mistake[] = [
  { args: 'dev --prot 1', code: 2, says: 'Did you mean --port?' },
  { args: 'dev --log-level inof', code: 2, says: 'Did you mean info?' },
  { args: 'help migarte', code: 2, says: 'Did you mean migrate?' },
  { args: 'help migrate upp', code: 2, says: 'Did you mean up?' },
  { args: 'migrat up', code: 2, says: 'Did you mean migrate?' },
  { args: 'migrate upp', code: 2, says: 'Did you mean up?' },
  { args: 'db reset', code: 2, says: 'Did you mean hutch migrate reset?' },
  { args: 'db status', code: 2, says: 'Did you mean hutch status or hutch migrate status?' },
  { args: '--project x status', code: 2, says: 'It belongs behind the command' },
  { args: 'db snapshot save', code: 2, says: 'See hutch help db snapshot save' },
  { args: 'dev --port 99999', code: 2, says: 'from 0 to 65535' },
  { args: 'dev --port http', code: 2, says: 'Invalid value for --port: "http"' },
];

const usages = [
  { args: [], code: 2, err: 'Usage: hutch [options] [command]' },
  { args: ['migrate'], code: 2, err: 'Usage: hutch migrate [options] [command]' },
  { args: ['help', 'migrate', 'up'], code: 0, out: 'Usage: hutch migrate up [options]' },
];

const misplaced: readonly Mistake[] = [
  ...['dev', 'migrate up', 'migrate status', 'migrate generate', 'migrate check', 'db seed', 'db init'],
  ...['db psql', 'db dump', 'db snapshot list', 'gen types', 'migrate up --project nowhere'],
].map((args) => ({ args, ...noProject }));

const server = engines().find(({ name, unavailable }) => name === 'postgres' && unavailable === undefined);
const url = server === undefined ? undefined : await postgresUrl();

const elsewhere: readonly Mistake[] = [
  { args: 'start', code: 2, says: 'DATABASE_URL' },
  { args: 'db pull', code: 2, says: 'set DATABASE_URL' },
  { args: 'start', env: { DATABASE_URL: 'mysql://x' }, code: 2, says: 'postgres://user:password@host' },
  { args: 'start', env: { DATABASE_URL: 'postgres://127.0.0.1:1/x' }, code: 1, says: 'ECONNREFUSED' },
  { args: 'db dump', env: { DATABASE_URL: 'postgres://127.0.0.1:1/x' }, code: 1, says: 'ECONNREFUSED' },
  ...(url === undefined ? [] : refusedBy(url)),
];

function refusedBy(at: string): readonly Mistake[] {
  const wrong = new URL(at);
  wrong.password = 'wrong';
  return [
    { args: 'start', env: { DATABASE_URL: wrong.href }, code: 1, says: 'password authentication failed' },
    { args: 'db dump', env: { DATABASE_URL: wrong.href }, code: 1, says: 'password authentication failed' },
    { args: 'start', env: { DATABASE_URL: withDatabase(at, 'no_such') }, code: 1, says: 'does not exist' },
    { args: 'db dump', env: { DATABASE_URL: at, HUTCH_SSL: 'require' }, code: 1, says: 'does not take TLS' },
    { args: 'migrate up', env: { DATABASE_URL: at }, ...noProject },
    {
      args: 'start',
      env: { DATABASE_URL: at, HOST: 'nowhere.invalid', PORT: '0' },
      code: 1,
      says: 'HOST takes an address',
    },
  ];
}

describe('a mistake in an empty folder is told in a sentence, and nothing is made', () => {
  let project: TestProject;
  beforeAll(() => {
    project = new TestProject({}, { bare: true });
  });
  afterAll(() => project[Symbol.asyncDispose]());

  for (const { args, env, code, says } of [...typed, ...misplaced, ...elsewhere]) {
    test.concurrent(`hutch ${args}: ${says}`, async () => {
      const { err, ...rest } = await project.run(args.split(' '), env);
      expect(err).toContain(says);
      expect(err.trim().split('\n').length).toBeLessThan(3);
      expect(rest).toEqual({ out: '', code });
      expect(readdirSync(project.root)).toEqual([]);
    });
  }

  for (const { args, code, out = '', err = '' } of usages) {
    test.concurrent(`hutch ${args.join(' ')}: how it is used`, async () => {
      const told = await project.run(args);
      expect([told.code, told.out.split('\n')[0], told.err.split('\n')[0]]).toEqual([code, out, err]);
    });
  }
});
