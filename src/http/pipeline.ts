import { Hono } from 'hono';
import type { Catalog } from '../catalog/index.ts';
import type { Driver } from '../db/index.ts';
import {
  type ApiRequest,
  bodyForm,
  type Caller,
  compile,
  errorResponse,
  execute,
  insertStream,
  inspect,
  openapi2,
  type ParseSettings,
  PreparedPlans,
  parseHead,
  parseRequest,
  plan,
  type RestSettings,
  readStream,
  respond,
  respondInfo,
  respondInspect,
  respondStream,
  runBatch,
  type Visible,
} from '../rest/index.ts';
import type { HttpEnv } from './env.ts';
import { boundedBody } from './limits.ts';
import { StageTimer } from './stage-timer.ts';

export interface RestDeps {
  readonly driver: Driver;
  /** The catalog in force; a new one after migrations. */
  readonly catalog: () => Catalog;
  readonly settings: RestSettings;
  /** Who calls; throws a `DialectError` for a token that does not hold. */
  readonly auth: (request: Request) => Caller | Promise<Caller>;
  /** Where the app is mounted; `/rest/v1` where absent. */
  readonly mount?: string;
  /** Largest body that is held in memory, in bytes. */
  readonly bodyLimit?: number;
  /** Errors that nobody foresaw: the client only learns that there was one. */
  readonly onError?: (error: unknown, requestId: string | undefined) => void;
}

/** The HTTP dialect as a Hono app: answers everything below its mount. */
export function restApp(deps: RestDeps): Hono<HttpEnv> {
  const serve = restHandler(deps);
  const app = new Hono<HttpEnv>();
  const mount = deps.mount ?? MOUNT;
  return app
    .all(mount, (c) => serve(c.req.raw, c.get('requestId')))
    .all(`${mount}/*`, (c) => serve(c.req.raw, c.get('requestId')));
}

/** The same without Hono: answers any request whose path starts with the mount. Never throws. */
export function restHandler(deps: RestDeps): (request: Request, requestId?: string) => Promise<Response> {
  const plans = new PreparedPlans();
  return async (http, requestId) => {
    const timer = new StageTimer();
    const response = await answer(deps, plans, http, timer, requestId).catch((error: unknown) => {
      const refused = errorResponse(error, deps.settings.errorVerbosity);
      if (refused.status >= 500) deps.onError?.(error, requestId);
      return http.method === 'HEAD' ? new Response(null, refused) : refused;
    });
    addHeaders(deps.settings, http, response, timer);
    return response;
  };
}

/** A request's way: parse, plan, compile, execute, respond; a shape that came before skips the middle. */
async function answer(
  deps: RestDeps,
  plans: PreparedPlans,
  http: Request,
  timer: StageTimer,
  requestId: string | undefined,
): Promise<Response> {
  const { driver, settings } = deps;
  const caller = await timer.wait('jwt', () => deps.auth(http));
  const request = await timer.wait('parse', () => read(deps, http));
  const catalog = deps.catalog();
  const context = { request, caller, catalog, settings };
  if (request.action.kind === 'batch') {
    const batch = { ...context, driver, plans, parseSettings: parseSettings(settings), label: requestId };
    return timer.wait('transaction', () => runBatch(batch));
  }
  if (request.payload?.kind === 'stream') {
    const { plan: planned, outcome } = await timer.wait('transaction', () =>
      insertStream(driver, context, { label: requestId }),
    );
    return timer.run('response', () => respond(planned, request, outcome, settings));
  }
  const known = plans.get(request, catalog);
  const planned = known?.plan ?? timer.run('plan', () => plan(request, catalog, settings));
  if (planned.kind === 'info') return respondInfo(planned);
  if (planned.kind === 'inspect') {
    const shown = await timer.wait('transaction', () => inspect(driver, context, requestId));
    return respondInspect(planned, request, describe(deps, http, catalog, shown));
  }
  if (planned.kind === 'read' && planned.media.kind === 'ndjson' && !planned.headersOnly) {
    const rows = await timer.wait('transaction', () => readStream(driver, context, planned, { label: requestId }));
    return respondStream(planned, request, rows);
  }
  const compiled = known?.compiled ?? timer.run('compile', () => compile(planned));
  if (known === undefined) plans.set(request, catalog, { plan: planned, compiled });
  const outcome = await timer.wait('transaction', () =>
    execute(driver, context, planned, compiled, { label: requestId }),
  );
  return timer.run('response', () => respond(planned, request, outcome, settings));
}

async function read(deps: RestDeps, http: Request): Promise<ApiRequest> {
  const input = { ...addressOf(http.url, deps.mount ?? MOUNT), method: http.method, headers: http.headers };
  const settings = parseSettings(deps.settings);
  if (http.body === null) return parseRequest({ ...input, body: null }, settings);
  const { action, contentType } = parseHead(input, settings);
  const body = await readBody(http, bodyForm(action, contentType), deps.bodyLimit ?? BODY_LIMIT);
  return parseRequest({ ...input, body }, settings);
}

const MOUNT = '/rest/v1';
const BODY_LIMIT = 10 * 1_048_576;

/** Path below the mount and query, as they were sent. */
function addressOf(url: string, mount: string): { readonly path: string; readonly query: string } {
  const start = url.indexOf('/', url.indexOf('://') + 3) + mount.length;
  const mark = url.indexOf('?', start);
  return mark < 0
    ? { path: url.slice(start), query: '' }
    : { path: url.slice(start, mark), query: url.slice(mark + 1) };
}

function parseSettings({ schemas, openapiMode, rootSpec, txEnd }: RestSettings): ParseSettings {
  return {
    schemas,
    openapi: openapiMode !== 'disabled',
    rootRoutine: rootSpec?.name ?? null,
    txOverride: txEnd.endsWith('allow-override'),
  };
}

async function readBody(http: Request, form: ReturnType<typeof bodyForm>, limit: number) {
  if (form === 'none') return null;
  if (form === 'stream') return http.body;
  const bytes = await boundedBody(http, limit);
  return form === 'bytes' ? bytes : new TextDecoder().decode(bytes);
}

/** The root's document: OpenAPI 2.0, as the dialect's clients read it. */
function describe({ settings }: RestDeps, http: Request, catalog: Catalog, shown: Visible): string {
  const { hostname, port, protocol } = new URL(http.url);
  const document = openapi2(catalog, shown, {
    host: hostname,
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    serverProxyUri: settings.openapiServerProxyUri,
    securityActive: settings.openapiSecurityActive,
  });
  return JSON.stringify(document);
}

function addHeaders(settings: RestSettings, http: Request, response: Response, timer: StageTimer): void {
  if (settings.serverTiming) response.headers.set('Server-Timing', timer.header());
  const traced = settings.traceHeader === null ? null : http.headers.get(settings.traceHeader);
  if (settings.traceHeader !== null && traced !== null) response.headers.set(settings.traceHeader, traced);
}
