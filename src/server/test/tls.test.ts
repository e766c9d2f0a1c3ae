/** TLS to a real Postgres, as the settings and the URL ask for it. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { chmodSync, cpSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { loadConfig } from '../../config/index.ts';
import { whyNot } from '../../db/test/embedded.ts';
import { type EmbeddedServer, giveToServer, makeServerFolder, startServer } from '../../db/test/embedded-server.ts';
import { eventually } from '../../db/test/eventually.ts';
import { openConfigured } from '../database/database.ts';

setDefaultTimeout(60_000);

/**
 * `server.crt` is made out to `localhost` and signed by `ca.crt`, `self-signed.crt` by nobody else; all hold for a century. Made with openssl:
 * `ecparam -name prime256v1 -genkey`, `req -x509 -days 36500`, `x509 -req -CA ca.crt -days 36500 -extfile <(echo subjectAltName=DNS:localhost)`.
 */
const certificate = (name: string): string => join(import.meta.dir, 'tls', name);
const CA = certificate('ca.crt');
const OTHER_CA = certificate('self-signed.crt');

/** Addresses of this machine that nobody takes for it, and to which the certificate is not made out. */
const REMOTE = '0.0.0.0';
const OTHER_NAME = '127.0.0.1';

interface Way {
  readonly host?: string;
  readonly mode?: string;
  readonly ca?: string;
}

interface Case extends Way {
  /** TLS or not, or why it is refused. */
  readonly is: 'encrypted' | 'plain' | RegExp;
}

const WITH_TLS: readonly Case[] = [
  { is: 'plain' },
  { host: REMOTE, is: 'encrypted' },
  { host: REMOTE, mode: 'disable', is: 'plain' },
  { mode: 'disable', is: 'plain' },
  { mode: 'allow', is: 'encrypted' },
  { mode: 'prefer', is: 'encrypted' },
  { mode: 'require', is: 'encrypted' },
  { mode: 'require', ca: CA, is: 'encrypted' },
  { mode: 'require', host: OTHER_NAME, ca: CA, is: 'encrypted' },
  { mode: 'require', ca: OTHER_CA, is: /localhost is not trusted/ },
  { mode: 'verify-ca', ca: CA, is: 'encrypted' },
  { mode: 'verify-ca', host: OTHER_NAME, ca: CA, is: 'encrypted' },
  { mode: 'verify-ca', ca: OTHER_CA, is: /localhost is not trusted/ },
  { mode: 'verify-ca', is: /localhost is not trusted.*HUTCH_SSL_CA/ },
  { mode: 'verify-full', ca: CA, is: 'encrypted' },
  { mode: 'verify-full', host: OTHER_NAME, ca: CA, is: /127\.0\.0\.1 is made out to another host/ },
  { mode: 'verify-full', host: REMOTE, ca: CA, is: /0\.0\.0\.0 is made out to another host/ },
  { mode: 'verify-full', ca: OTHER_CA, is: /localhost is not trusted/ },
  { mode: 'verify-full', is: /localhost is not trusted/ },
  { mode: 'verify-full', ca: '/nowhere/ca.crt', is: /can't read .*\/nowhere\/ca\.crt: ENOENT/ },
];

const SELF_SIGNED: readonly Case[] = [
  { mode: 'require', is: 'encrypted' },
  { mode: 'verify-full', is: /localhost is not trusted/ },
  { mode: 'verify-full', ca: CA, is: /localhost is not trusted/ },
  { mode: 'verify-full', ca: OTHER_CA, is: 'encrypted' },
];

const WITHOUT_TLS: readonly Case[] = [
  { is: 'plain' },
  { mode: 'allow', is: 'plain' },
  { mode: 'prefer', is: 'plain' },
  { host: REMOTE, is: /does not take TLS/ },
  { mode: 'require', is: /does not take TLS/ },
  { mode: 'verify-ca', ca: CA, is: /does not take TLS/ },
  { mode: 'verify-full', ca: CA, is: /does not take TLS/ },
];

type Environment = Readonly<Record<string, string | undefined>>;

const open = (environment: Environment) => openConfigured(loadConfig(environment), { warn: () => {} });

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

async function encrypted(environment: Environment): Promise<'encrypted' | 'plain'> {
  const driver = await open(environment);
  try {
    const text = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
    return (await driver.query({ text })).rows[0]?.[0] === 't' ? 'encrypted' : 'plain';
  } finally {
    await driver.close();
  }
}

const missing = whyNot();

describe.skipIf(missing !== undefined)(`TLS${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let folder: string;
  let server: EmbeddedServer;

  const at = (host: string): URL => Object.assign(new URL(server.url), { hostname: host });
  const variables = ({ host = 'localhost', mode, ca }: Way): Environment => {
    const { port, username, password } = new URL(server.url);
    const login = { PGHOST: host, PGPORT: port, PGUSER: username, PGPASSWORD: password, PGDATABASE: 'postgres' };
    return { ...login, PGSSLMODE: mode, PGSSLROOTCERT: ca };
  };
  const url = ({ host = 'localhost', mode, ca }: Way): Environment => {
    const address = at(host);
    if (mode !== undefined) address.searchParams.set('sslmode', mode);
    if (ca !== undefined) address.searchParams.set('sslrootcert', ca);
    return { DATABASE_URL: address.href };
  };

  async function set(name: string, value: string): Promise<void> {
    const driver = await open(url({}));
    await driver.query({ text: `ALTER SYSTEM SET ${name} = '${value}'` });
    await driver.query({ text: 'SELECT pg_reload_conf()' });
    await driver.close();
  }

  async function inServer(name: string): Promise<string> {
    const path = join(folder, name);
    cpSync(certificate(name), path);
    chmodSync(path, 0o600);
    giveToServer(path);
    return path;
  }

  beforeAll(async () => {
    folder = await makeServerFolder();
    server = await startServer(folder);
    await set('ssl_cert_file', await inServer('server.crt'));
    await set('ssl_key_file', await inServer('server.key'));
    await set('ssl', 'on');
    while ((await encrypted(url({ mode: 'prefer' }))) === 'plain') await Bun.sleep(20);
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const as = ({ host = 'localhost', mode = 'no mode', ca }: Way): string =>
    [mode, host, ...(ca === undefined ? [] : [ca.replace(/.*\//, '')])].join(', ');

  function check(cases: readonly Case[]): void {
    for (const one of cases) {
      for (const given of [variables, url]) {
        test(`${as(one)}, by ${given.name}: ${one.is}`, async () => {
          const { is } = one;
          if (typeof is === 'string') return expect(await encrypted(given(one))).toBe(is);
          const message = expect.stringMatching(is);
          expect(await failure(open(given(one)))).toMatchObject({ code: 'refused', message });
        });
      }
    }
  }

  describe('to a server with a certificate', () => {
    check(WITH_TLS);

    test('a statement is ended over TLS too', async () => {
      const driver = await open(url({ mode: 'verify-full', ca: CA }));
      try {
        const running = driver.query({ text: 'SELECT pg_sleep(20)' }, { timeout: 100 });
        expect(await failure(running)).toMatchObject({ code: '57014' });
        expect((await driver.query({ text: 'SELECT 1' })).rows).toEqual([['1']]);
      } finally {
        await driver.close();
      }
    });

    test('large answers come whole, many at a time', async () => {
      const driver = await open(url({ mode: 'require' }));
      try {
        const text = `SELECT repeat('x', 1000000)`;
        const answers = await Promise.all(Array.from({ length: 20 }, () => driver.query({ text })));
        expect(answers.map(({ rows }) => rows[0]?.[0]?.length)).toEqual(answers.map(() => 1_000_000));
      } finally {
        await driver.close();
      }
    });

    for (const [ssl, is] of Object.entries({ true: 'encrypted', 'no-verify': 'encrypted', false: 'plain' })) {
      test(`ssl=${ssl} in the URL: ${is}`, async () => {
        const address = at(ssl === 'false' ? REMOTE : 'localhost');
        address.searchParams.set('ssl', ssl);
        expect(await encrypted({ DATABASE_URL: address.href })).toBe(is as 'encrypted' | 'plain');
      });
    }
  });

  describe('to a server that has signed its certificate itself', () => {
    beforeAll(async () => {
      await set('ssl_cert_file', await inServer('self-signed.crt'));
      const trusted = url({ mode: 'verify-full', ca: OTHER_CA });
      while ((await failure(encrypted(trusted))) !== undefined) await Bun.sleep(20);
    });
    check(SELF_SIGNED);
  });

  describe('to a server without', () => {
    beforeAll(async () => {
      await set('ssl', 'off');
      while ((await encrypted(url({ mode: 'prefer' }))) === 'encrypted') await Bun.sleep(20);
    });
    check(WITHOUT_TLS);
  });

  test.each([
    ['verify_full', 'verify-full'],
    ['reqire', 'require'],
  ])('a mode that there is not, %s, is refused and not taken for a weaker one', async (mode, near) => {
    for (const given of [variables, url]) {
      const error = await failure((async () => encrypted(given({ mode })))());
      expect(error).toMatchObject({ code: 'config_invalid_value', hint: expect.stringContaining(near) });
    }
  });
});

/** What stands between and answers SSLRequest in a server's stead. */
const ANSWERS: Record<
  string,
  { readonly answer: (socket: Socket) => void; readonly error: { code: string; message?: string } }
> = {
  'hangs up': { answer: (socket) => socket.end(), error: { code: 'unreachable' } },
  'hangs up after its consent': {
    answer: (socket) => socket.end('S'),
    error: { code: 'unreachable' },
  },
  'says nothing more after its consent': {
    answer: (socket) => socket.write('S'),
    error: { code: 'unreachable', message: expect.stringContaining('in time') },
  },
  'slips in what is not encrypted': {
    answer: (socket) => socket.write(Buffer.from('SE\0\0\0\x05\0', 'latin1')),
    error: { code: 'refused', message: expect.stringContaining('unencrypted data') },
  },
  'speaks something else': {
    answer: (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n'),
    error: { code: 'refused' },
  },
};

describe('a server that answers the wish for TLS otherwise:', () => {
  for (const [name, { answer, error }] of Object.entries(ANSWERS)) {
    test(name, async () => {
      const sockets = new Set<Socket>();
      const fake = createServer((socket) => {
        sockets.add(socket);
        socket.once('data', () => answer(socket)).on('error', () => {});
        socket.on('close', () => sockets.delete(socket));
      });
      await new Promise<void>((listening) => fake.listen(0, '127.0.0.1', listening));
      const address = fake.address();
      const port = typeof address === 'object' ? address?.port : 0;
      const environment = {
        DATABASE_URL: `postgres://u:p@127.0.0.1:${port}/d?sslmode=require`,
        // who is refused is told at once; all others wait for what does not come
        HUTCH_CONNECT_TIMEOUT: error.code === 'refused' ? '20s' : '500ms',
      };
      expect(await failure(open(environment))).toMatchObject(error);
      await eventually(() => sockets.size === 0);
      fake.close();
    });
  }
});
