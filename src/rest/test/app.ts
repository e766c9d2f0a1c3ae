import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import { type Catalog, enrich, readCatalog } from '../../catalog/index.ts';
import { runOn } from '../../catalog/test/databases.ts';
import type { Driver } from '../../db/index.ts';
import { engines, freshDatabase } from '../../db/test/engines.ts';
import { type RestDeps, restHandler } from '../../http/pipeline.ts';
import { type Caller, defaultRestSettings, type RestSettings } from '../index.ts';

const fixture = readFileSync(new URL('./fixture.sql', import.meta.url), 'utf8');

/** One request and what must come back. What a case does not name is not looked at. */
export interface Case {
  /** `GET /films?select=id`, below the mount. */
  readonly request: string;
  readonly as?: 'rest_anon' | 'rest_author';
  readonly headers?: Readonly<Record<string, string>>;
  /** An object or array is sent as JSON, text as it is. */
  readonly body?: unknown;
  readonly settings?: Partial<RestSettings>;
  readonly status: number;
  /** The body as JSON. */
  readonly json?: unknown;
  /** Properties that the body, an object, must have. */
  readonly like?: Readonly<Record<string, unknown>>;
  /** The body as text. */
  readonly text?: string;
  /** What the body, as text, has somewhere. */
  readonly matches?: RegExp;
  /** Response headers; null where there must be none. */
  readonly answers?: Readonly<Record<string, string | null>>;
}

export const testSettings: RestSettings = {
  ...defaultRestSettings,
  schemas: ['api'],
  aggregatesEnabled: true,
  planEnabled: true,
  anonRole: 'rest_anon',
  txEnd: 'rollback-allow-override',
};

export interface RestBench {
  readonly driver: Driver;
  readonly catalog: Catalog;
  app(settings?: Partial<RestSettings>, as?: string): Hono;
}

/** Each group of cases, on each engine, against the fixture. Nothing is committed unless a case asks for it. */
export function suite(
  name: string,
  groups: Readonly<Record<string, readonly Case[]>>,
  extraSql = '',
  on = engines(),
): void {
  eachEngine(
    name,
    (bench) => {
      for (const [group, cases] of Object.entries(groups)) {
        describe(group, () => {
          for (const entry of cases) test(titleOf(entry), () => run(bench(), entry));
        });
      }
    },
    extraSql,
    on,
  );
}

/** A group of tests for each engine, with a database that holds the fixture. */
export function eachEngine(name: string, body: (bench: () => RestBench) => void, extraSql = '', on = engines()): void {
  for (const engine of on) {
    const title = `${name} on ${engine.name}`;
    if (engine.unavailable !== undefined) {
      test.skip(`${title}: ${engine.unavailable}`, () => {});
      continue;
    }
    describe(title, () => {
      let opened: RestBench | undefined;
      beforeAll(async () => {
        opened = await openBench(await freshDatabase(engine), extraSql);
      });
      afterAll(() => opened?.driver.close());
      body(() => {
        if (opened === undefined) throw new Error('The fixture was not loaded');
        return opened;
      });
    });
  }
}

async function openBench(driver: Driver, extraSql: string): Promise<RestBench> {
  await driver.script(fixture);
  if (extraSql !== '') await driver.script(extraSql);
  const catalog = enrich(await readCatalog(runOn(driver), { schemas: ['api', 'archive', 'архив'] }), {});
  const apps = new Map<string, Hono>();
  const app = (settings: Partial<RestSettings> = {}, as = 'rest_anon') => {
    const key = JSON.stringify([settings, as]);
    const known = apps.get(key) ?? newApp(driver, catalog, { ...testSettings, ...settings }, as);
    apps.set(key, known);
    return known;
  };
  return { driver, catalog, app };
}

/** The dialect at its mount, to be asked by `app.request()`. */
export function restApp(deps: RestDeps): Hono {
  const answer = restHandler(deps);
  return new Hono().all('/rest/v1', (c) => answer(c.req.raw)).all('/rest/v1/*', (c) => answer(c.req.raw));
}

function newApp(driver: Driver, catalog: Catalog, settings: RestSettings, role: string): Hono {
  const caller: Caller = { role, claims: JSON.stringify({ role }), authenticated: role !== settings.anonRole };
  const onError = (error: unknown) => {
    if (!(error instanceof Error) || error.name !== 'DialectError') console.error(error);
  };
  return restApp({ driver, catalog: () => catalog, settings, auth: () => caller, onError });
}

/** Characters of a test's name. */
const LONGEST_TITLE = 300;

const titleOf = ({ request, headers, as }: Case): string =>
  [request, ...Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`), as ?? '']
    .join(' ')
    .trim()
    .slice(0, LONGEST_TITLE);

async function run(bench: RestBench, entry: Case): Promise<void> {
  const response = await send(bench, entry);
  const body = await response.text();
  expect(`${response.status} ${response.status === entry.status ? '' : body}`).toBe(`${entry.status} `);
  if (entry.text !== undefined) expect(body).toBe(entry.text);
  if (entry.matches !== undefined) expect(body).toMatch(entry.matches);
  if (entry.json !== undefined) expect(JSON.parse(body)).toEqual(entry.json);
  if (entry.like !== undefined) expect(JSON.parse(body)).toMatchObject(entry.like);
  for (const [name, value] of Object.entries(entry.answers ?? {})) {
    expect(`${name}: ${response.headers.get(name)}`).toBe(`${name}: ${value}`);
  }
}

export async function send(bench: RestBench, entry: Pick<Case, 'request' | 'headers' | 'body' | 'settings' | 'as'>) {
  const [method = 'GET', path = '/'] = entry.request.split(/ (.*)/s);
  const json = entry.body !== undefined && typeof entry.body !== 'string';
  const headers = { ...(json ? { 'content-type': 'application/json' } : {}), ...entry.headers };
  const body = json ? JSON.stringify(entry.body) : (entry.body as string | undefined); // checked: not an object
  return bench.app(entry.settings, entry.as).request(`/rest/v1${path}`, { method, headers, body });
}

/** A body as JSON of the shape that the test expects; its own expectations find out if it is not. */
export async function jsonOf<T>(response: Response): Promise<T> {
  return (await response.json()) as T;
}
