/**
 * drizzle-kit, in a Worker of its own for each call: it may end its process, it caches the modules it imports, and a schema file may do
 * anything. Nothing here touches the database: queries are sent to the parent.
 */
import { stripVTControlCharacters } from 'node:util';
import { HutchError, isHutchError, moduleError } from '../../errors/index.ts';
import { refuseNamesakes } from '../project/namesakes.ts';
import { forKit } from '../project/older-tables.ts';
import { standIns } from '../project/stand-ins.ts';
import { DATABASE_ENTITIES, declaredEntities, goneOf, snapshotEntities } from './kit-candidates.ts';
import type { FromWorker, KitGone, KitQuestion, KitReply, KitRequest, ToWorker } from './kit-protocol.ts';

declare const self: {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker): void;
};

const waiting = new Map<number, { resolve: (rows: readonly object[]) => void; reject: (error: Error) => void }>();
let queries = 0;

self.onmessage = ({ data }) => {
  if ('request' in data) {
    respond(data.request).then((reply) => self.postMessage({ reply }));
    return;
  }
  const call = waiting.get(data.id);
  waiting.delete(data.id);
  if ('error' in data) call?.reject(new Error(data.error));
  else call?.resolve(data.rows);
};

async function respond(request: KitRequest): Promise<KitReply> {
  const reply = await run(request).catch(failure);
  if (wantsToEnd) return { status: 'error', code: 'exited', message: await complaint(request) };
  if (reply.status !== 'questions' || (request.op !== 'generate' && request.op !== 'push')) return reply;
  return { ...reply, gone: await candidates(request).catch(() => []) };
}

/** What a rename could come from. */
async function candidates(request: Extract<KitRequest, { op: 'generate' | 'push' }>): Promise<readonly KitGone[]> {
  const current = await declaredEntities(await importAll(request.schemaFiles));
  const previous = request.op === 'generate' ? await snapshotEntities(request.out) : await databaseEntities();
  return goneOf(previous, current, request.answers ?? []);
}

async function databaseEntities(): Promise<readonly KitGone[]> {
  const rows = await ask(DATABASE_ENTITIES);
  return rows.flatMap((row) => (isRecord(row) ? [{ kind: String(row.kind), entity: texts(row.entity) }] : []));
}

async function importAll(files: readonly string[]): Promise<Record<string, unknown>> {
  standIns();
  const imports: Record<string, unknown> = {};
  for (const [index, file] of files.entries()) {
    const module: Record<string, unknown> = await import(file).catch((cause: unknown) => {
      throw new HutchError('migrate_schema_failed', { details: moduleError(cause, file) });
    });
    for (const [name, value] of Object.entries(module)) imports[`${index}.${name}`] = value;
  }
  return imports;
}

async function run(request: KitRequest): Promise<KitReply> {
  // Before drizzle-kit loads the files by itself, which then says neither where one fails nor why it ends the process.
  if ('schemaFiles' in request) refuseNamesakes(await importAll(request.schemaFiles));
  quiet();
  switch (request.op) {
    case 'generate':
      return generate(request);
    case 'push':
      return push(request);
    case 'check':
      return check(request);
    case 'upgrade':
      return upgrade(request);
    case 'pull':
      return pull(request);
  }
}

function failure(error: unknown): KitReply {
  if (isHutchError(error)) return { status: 'error', code: error.code, message: error.details ?? error.message };
  if (isRecord(error) && Array.isArray(error.missingHints)) return questions(error.missingHints);
  const code = isRecord(error) && typeof error.code === 'string' ? error.code : 'internal_error';
  return { status: 'error', code, message: moduleError(error) };
}

const said: string[] = [];
let wantsToEnd = false;

/** drizzle-kit prints what is wrong with a schema and ends the process; and prints much else. */
function quiet(): void {
  const say = (...parts: readonly unknown[]) => void said.push(stripVTControlCharacters(parts.join(' ')));
  const write = (chunk: unknown): boolean => {
    say(String(chunk));
    return true;
  };
  for (const name of ['log', 'info', 'warn', 'error'] as const) console[name] = say;
  process.stdout.write = write;
  process.stderr.write = write;
  process.exit = () => {
    wantsToEnd = true;
    throw new Error('drizzle-kit wants to end the process');
  };
}

/** Why it wanted to. Its commands say nothing when they are called as functions; what reads the schema alone does. */
async function complaint(request: KitRequest): Promise<string> {
  if (said.length === 0 && 'schemaFiles' in request)
    await importAll(request.schemaFiles)
      .then(declaredEntities)
      .catch(() => {});
  const lines = said
    .flatMap((it) => it.split('\n'))
    .map((it) => it.replace(/^\s*(?:Warning|Error)\b[:\s]*/, '').trim());
  return lines.filter((it) => it !== '').join('; ') || 'drizzle-kit ended without an answer';
}

// `object` for what drizzle-kit returns: its envelopes are read field by field.
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** drizzle-kit's answer envelope in ours. */
function envelope(response: unknown): KitReply {
  if (!isRecord(response)) return { status: 'error', code: 'internal_error', message: 'drizzle-kit gave no answer' };
  if (response.status === 'no_changes') return { status: 'no_changes' };
  if (response.status === 'missing_hints')
    return questions(Array.isArray(response.unresolved) ? response.unresolved : []);
  if (response.status === 'error') return errorOf(isRecord(response.error) ? response.error : {});
  const written = text(response.migration_path) ?? text(response.schemaPath);
  const warnings = Array.isArray(response.warnings) ? response.warnings : [];
  const notes = warnings.map((it: unknown) => (isRecord(it) ? (text(it.message) ?? '') : String(it)));
  return {
    status: 'ok',
    written,
    statements: response.statements === undefined ? undefined : statementsOf(response.statements),
    notes,
  };
}

/** Statements are explained as objects, with their SQL where they have some. */
function statementsOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((it: unknown) => (isRecord(it) ? [text(it.sql) ?? JSON.stringify(it)] : [String(it)]));
}

function errorOf(error: Readonly<Record<string, unknown>>): KitReply {
  const { code, message, ...rest } = error;
  return { status: 'error', code: text(code) ?? 'internal_error', message: text(message) ?? JSON.stringify(rest) };
}

function questions(found: readonly unknown[]): KitReply {
  const list = found.flatMap((it): KitQuestion[] => {
    if (!isRecord(it) || (it.type !== 'rename_or_create' && it.type !== 'confirm_data_loss')) return [];
    return [{ type: it.type, kind: String(it.kind), entity: texts(it.entity), reason: text(it.reason) }];
  });
  return { status: 'questions', questions: list, gone: [] };
}

async function generate(request: Extract<KitRequest, { op: 'generate' }>): Promise<KitReply> {
  const kit = await import('drizzle-kit/cli');
  const response: unknown = await kit.generate({
    dialect: 'postgresql',
    schema: request.schemaFiles.length === 1 ? request.schemaFiles[0] : [...request.schemaFiles],
    out: request.out,
    name: request.name,
    // drizzle-kit refuses the two together, also where both are false.
    ...(request.custom ? { custom: true } : { explain: request.explain === true }),
    ...(request.answers?.length ? { hints: [...request.answers] } : {}),
    // The declared type takes CLI strings; the SDK's documentation gives lists for schema and hints, which it reads.
  } as unknown as Parameters<typeof kit.generate>[0]);
  return envelope(response);
}

async function check({ schemaFiles, out }: Extract<KitRequest, { op: 'check' }>): Promise<KitReply> {
  const kit = await import('drizzle-kit/cli');
  const options = { dialect: 'postgresql', out, schema: [...schemaFiles] };
  return envelope(await kit.check(options as unknown as Parameters<typeof kit.check>[0]));
}

async function upgrade({ out }: Extract<KitRequest, { op: 'upgrade' }>): Promise<KitReply> {
  const kit = await import('drizzle-kit/cli');
  return envelope(await kit.up({ dialect: 'postgresql', out }));
}

async function pull(request: Extract<KitRequest, { op: 'pull' }>): Promise<KitReply> {
  const kit = await import('drizzle-kit/cli');
  const options = {
    dialect: 'postgresql',
    out: request.out,
    url: request.url,
    init: request.init,
    extensionsFilters: ['postgis'],
    ...(request.schemas.length > 0 ? { schemaFilter: request.schemas.join(',') } : {}),
  };
  return envelope(await kit.pull(options as unknown as Parameters<typeof kit.pull>[0]));
}

async function push(request: Extract<KitRequest, { op: 'push' }>): Promise<KitReply> {
  const { pushSchema } = await import('drizzle-kit/api-postgres');
  const imports = { ...forKit(await importAll(request.schemaFiles), request.casing) };
  const { PgDialect } = await import('drizzle-orm/pg-core');
  const dialect = new PgDialect();
  const database = {
    execute: async (query: Parameters<typeof dialect.sqlToQuery>[0]) => ({
      rows: await ask(dialect.sqlToQuery(query).sql),
    }),
  };
  const result = await pushSchema(
    imports,
    // pushSchema calls execute and nothing else.
    database as unknown as Parameters<typeof pushSchema>[1],
    { tables: [], schemas: [...request.schemas], extensions: ['postgis'], entities: undefined },
    request.ledger,
    { hints: [...request.answers] as unknown as NonNullable<Parameters<typeof pushSchema>[4]>['hints'] },
  );
  if (result.sqlStatements.length === 0) return { status: 'no_changes' };
  const before = result.hints.flatMap((it) => (it.statement === undefined ? [] : [it.statement]));
  return { status: 'ok', statements: [...before, ...result.sqlStatements], notes: result.hints.map((it) => it.hint) };
}

function ask(query: string): Promise<readonly object[]> {
  const id = ++queries;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    self.postMessage({ query, id });
  });
}
