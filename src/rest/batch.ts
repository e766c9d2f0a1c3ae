import type { Driver, Statement, Transaction } from '../db/index.ts';
import { compile } from './compile/statement.ts';
import { DialectError, isDialectError } from './errors/dialect-error.ts';
import { invalidBatch, streamTarget, tooComplex } from './errors/extension-errors.ts';
import { type ActorContext, actorOf } from './execute/actor.ts';
import { refusal, rollsBack, settle, statementsOf, UNDONE } from './execute/at-once.ts';
import { resolveOperation } from './parse/batch.ts';
import { limits } from './parse/limits.ts';
import { type ParseSettings, parseRequest, type RequestHeaders } from './parse/request.ts';
import type { ApiRequest, BatchOperation } from './parse/types.ts';
import { plan } from './plan/plan.ts';
import type { StatementPlan } from './plan/types.ts';
import type { Prepared, PreparedPlans } from './prepare.ts';
import { respond } from './respond/respond.ts';

export interface BatchContext extends ActorContext {
  readonly driver: Driver;
  readonly plans: PreparedPlans;
  readonly parseSettings: ParseSettings;
  readonly label?: string;
  /** The client's signal: aborting cancels the operation that runs. */
  readonly hangUp?: () => AbortSignal;
}

/** What one operation answered: its body is the JSON itself, or text where its media type is another. */
interface OperationResult {
  readonly name: string | null;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/**
 * Several operations in one transaction, one after the other, each as it would be alone; later ones may refer to what earlier
 * ones returned. All or nothing: the first that fails rolls everything back, and its error is the answer.
 *
 * @throws DialectError with the header `Batch-Operation`, the failing operation's name or number
 */
export async function runBatch(context: BatchContext): Promise<Response> {
  const { payload } = context.request;
  const operations = payload?.kind === 'batch' ? payload.operations : [];
  const results: OperationResult[] = [];
  try {
    await context.driver.transaction((tx) => runAll(context, tx, operations, results), {
      actor: actorOf(context, null),
      keepsSettings: context.catalog.settingsKept,
      label: context.label,
      hangUp: context.hangUp,
    });
  } catch (error) {
    if (error !== UNDONE) throw refusal(error, context.caller);
  }
  const headers = { 'Content-Type': 'application/json; charset=utf-8', Vary: 'Accept, Prefer, Range' };
  return new Response(`[${results.map(resultJson).join(',')}]`, { status: 200, headers });
}

async function runAll(
  context: BatchContext,
  tx: Transaction,
  operations: readonly BatchOperation[],
  results: OperationResult[],
): Promise<void> {
  const bodies = new Map<string, unknown>();
  let length = 0;
  for (const [index, operation] of operations.entries()) {
    try {
      const result = await runOperation(context, tx, operation, bodies);
      length += result.body?.length ?? 0;
      if (length > limits.batchAnswers) throw tooComplex('characters of answers in a batch', limits.batchAnswers);
      results.push(result);
      if (operation.name !== null) bodies.set(operation.name, JSON.parse(result.body ?? 'null'));
    } catch (error) {
      throw named(refusal(error, context.caller), operation.name ?? String(index + 1));
    }
  }
  if (!rollsBack(context)) return;
  await tx.query({ text: 'SET CONSTRAINTS ALL IMMEDIATE' });
  throw UNDONE;
}

function named(error: unknown, operation: string): unknown {
  if (!isDialectError(error)) return error;
  const { status, code, message, details, hint, statusText, headers } = error;
  return new DialectError(status, code, message, {
    details,
    hint,
    statusText,
    headers: [...headers, ['Batch-Operation', operation]],
    cause: error,
  });
}

async function runOperation(
  context: BatchContext,
  tx: Transaction,
  operation: BatchOperation,
  bodies: ReadonlyMap<string, unknown>,
): Promise<OperationResult> {
  const request = requestOf(context, operation, bodies);
  const own = { ...context, request };
  const prepared = prepare(context, request);
  const outcome = await runStatement(own, tx, prepared);
  const response = respond(prepared.plan, request, outcome, context.settings);
  const body = await response.text();
  const isJson = /^[^;]*json/.test(response.headers.get('content-type') ?? '');
  return {
    name: operation.name,
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: body === '' ? null : isJson ? body : JSON.stringify(body),
  };
}

/** Of the outer request's headers these belong to it alone. */
const OUTER_ONLY = ['content-type', 'content-length', 'content-encoding', 'accept', 'prefer', 'range'];

/** The outer request's headers and cookies, and the operation's own over them, as HTTP brings them: a character for each byte. */
class OperationHeaders implements RequestHeaders {
  readonly #values: Map<string, string>;

  constructor(outer: ApiRequest, own: Readonly<Record<string, string>>) {
    this.#values = new Map(Object.entries(outer.headers).map(([name, value]) => [name, bytesOf(value)]));
    for (const name of OUTER_ONLY) this.#values.delete(name);
    const cookies = Object.entries(outer.cookies).map((pair) => pair.join('='));
    if (cookies.length > 0) this.#values.set('cookie', bytesOf(cookies.join('; ')));
    for (const [name, value] of Object.entries(own)) this.#values.set(name, value);
  }

  get(name: string): string | null {
    return this.#values.get(name) ?? null;
  }

  forEach(visit: (value: string, name: string) => void): void {
    for (const [name, value] of this.#values) visit(value, name);
  }
}

const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');

function requestOf(
  { request, parseSettings }: BatchContext,
  operation: BatchOperation,
  bodies: ReadonlyMap<string, unknown>,
): ApiRequest {
  const resolved = resolveOperation(operation, (name) => bodies.get(name));
  const headers = new OperationHeaders(request, resolved.headers);
  const parsed = parseRequest({ ...resolved, headers }, parseSettings);
  const { kind } = parsed.action;
  if (kind === 'batch' || kind === 'schema' || kind === 'info') {
    throw invalidBatch('An operation reads or writes a table, or calls a function.');
  }
  if (parsed.payload?.kind === 'stream') throw streamTarget('An operation of a batch brings its rows as JSON.');
  return parsed;
}

function prepare({ plans, catalog, settings }: BatchContext, request: ApiRequest): Prepared {
  const known = plans.get(request, catalog);
  if (known !== undefined) return known;
  const planned = plan(request, catalog, settings);
  if (planned.kind === 'inspect' || planned.kind === 'info') throw invalidBatch('An operation needs the database.');
  if (planned.media.kind === 'ndjson')
    throw invalidBatch('An operation is answered as a whole, not as a stream of rows.');
  const prepared = { plan: planned, compiled: compile(planned) };
  plans.set(request, catalog, prepared);
  return prepared;
}

async function runStatement(own: BatchContext, tx: Transaction, { plan: planned, compiled }: Prepared) {
  const statements = statementsOf(own, planned, compiled);
  const run = async (executor: Transaction) => {
    const results = [];
    for (const statement of [operationSettings(own, planned), ...statements.run]) {
      results.push(await executor.query(statement, { label: own.label }));
    }
    return settle(own, planned, results.slice(1), statements.main);
  };
  const readOnly = planned.kind === 'call' && planned.readOnly;
  if (!readOnly) return run(tx);
  // a savepoint gives its own access mode back when it ends
  return tx.savepoint(async (inner) => {
    await inner.query({ text: 'SET TRANSACTION READ ONLY' });
    return run(inner);
  });
}

/** What an operation before may have left behind. */
const CLEARED = { 'response.headers': '', 'response.status': '', 'pgrst.inserted': '', 'hutch.purge': '' };

function operationSettings(own: BatchContext, planned: StatementPlan): Statement {
  const settings = Object.entries({ ...CLEARED, ...actorOf(own, planned).settings });
  const calls = settings.map((_, index) => `set_config($${index * 2 + 1}, $${index * 2 + 2}, true)`);
  return { text: `SELECT ${calls.join(', ')}`, params: settings.flat() };
}

function resultJson({ name, status, headers, body }: OperationResult): string {
  const shown = JSON.stringify({ name, status, headers });
  return `${shown.slice(0, -1)},"body":${body ?? 'null'}}`;
}
