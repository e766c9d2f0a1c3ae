import { Hono } from 'hono';
import { isSameSecret } from '../../config/same-secret.ts';
import { codes, type ErrorCode } from '../../errors/index.ts';
import { answerStudio, describeError, type StudioDatabase } from './answer.ts';
import { requestSchema } from './protocol.ts';

/** The page's own origin. */
const STUDIO_ORIGIN = 'https://local.drizzle.studio';
/** An insert of a large document is the largest thing that the page sends. */
const MOST_BODY_BYTES = 32 * 1024 * 1024;

export interface DoorOptions extends StudioDatabase {
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Requests must bear it (`Authorization: Bearer …`); absent: this machine and the page are let in. */
  readonly token?: string;
}

export interface Door {
  readonly port: number;
  /** The page, opened on this door. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Drizzle Studio's local server on a database that is open already. Other than drizzle-kit's it answers only its page's origin and this
 * machine, and only under a local name: a stranger's page can't run SQL, not even by rebinding its own name's address.
 */
export function openDrizzleStudio(options: DoorOptions): Door {
  const app = drizzleStudioApp(options);
  const server = Bun.serve({ hostname: options.host ?? '127.0.0.1', port: options.port, fetch: app.fetch });
  const port = server.port ?? options.port;
  const query = port === 4983 ? '' : `?port=${port}`;
  return { port, url: `${STUDIO_ORIGIN}${query}`, stop: () => server.stop(true) };
}

/** The door without a listener, for tests. */
export function drizzleStudioApp(options: Omit<DoorOptions, 'port'>): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    const refused = refusal(c.req.raw, options.token);
    if (refused !== undefined)
      return c.json({ status: 'error', error: codes[refused].message }, codes[refused].status as 403);
    for (const [name, value] of Object.entries(corsHeaders(c.req.header('origin')))) c.header(name, value);
    return next();
  });
  app.options('/', (c) => c.body(null, 204));
  app.post('/', async (c) => {
    if (Number(c.req.header('content-length') ?? 0) > MOST_BODY_BYTES)
      return c.json({ status: 'error', error: codes.body_too_large.message }, 413);
    const request = requestSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!request.success) return c.json({ success: false, error: request.error.issues }, 400);
    return c.json((await answerStudio(options, request.data)) as object);
  });
  // The page expects failures of the database under the status of a success.
  app.onError((error, c) => c.json({ status: 'error', ...describeError(error) }));
  return app;
}

function refusal(request: Request, token: string | undefined): ErrorCode | undefined {
  const origin = request.headers.get('origin');
  if (origin !== null && origin !== STUDIO_ORIGIN && !isLocalOrigin(origin)) return 'forbidden_origin';
  // A preflight bears no token, and changes nothing.
  if (token !== undefined)
    return request.method === 'OPTIONS' || bears(request, token) ? undefined : 'forbidden_origin';
  return isLocalName((request.headers.get('host') ?? '').replace(/:\d+$/, '')) ? undefined : 'forbidden_host';
}

const bears = (request: Request, token: string): boolean =>
  isSameSecret(request.headers.get('authorization') ?? '', `Bearer ${token}`);

/** A page that something on this machine serves; one from a file, or of another scheme, comes from anywhere. */
function isLocalOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return (protocol === 'http:' || protocol === 'https:') && isLocalName(hostname);
}

/** `localhost`, a name under it, or a loopback address. */
const isLocalName = (name: string): boolean => /^((.+\.)?localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(name);

const corsHeaders = (origin: string | undefined): Readonly<Record<string, string>> => ({
  ...(origin === undefined ? {} : { 'Access-Control-Allow-Origin': origin }),
  'Access-Control-Allow-Methods': 'POST, OPTIONS',
  'Access-Control-Allow-Headers': 'Content-Type, Authorization',
  'Access-Control-Allow-Private-Network': 'true',
  Vary: 'Origin',
});
