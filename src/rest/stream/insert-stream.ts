import type { Driver, Transaction } from '../../db/index.ts';
import { bind } from '../compile/bind.ts';
import { type Compiled, compile } from '../compile/statement.ts';
import { invalidLine, streamTarget } from '../errors/extension-errors.ts';
import { type ActorContext, actorOf } from '../execute/actor.ts';
import { type ExecuteOptions, refusal, rollsBack, UNDONE } from '../execute/execute.ts';
import { type Outcome, outcomeOf } from '../execute/outcome.ts';
import type { ApiRequest } from '../parse/types.ts';
import { plan } from '../plan/plan.ts';
import type { MutationStatementPlan } from '../plan/types.ts';
import { type Line, linesOf, rowKeys } from './lines.ts';

/** Rows, and characters, of one INSERT; what is held in memory at a time. */
const CHUNK_ROWS = 2_000;
const CHUNK_LENGTH = 1_048_576;

/**
 * Inserts NDJSON of any size, in one transaction and bounded memory: lines are gathered into chunks, and each is one
 * statement. The first line's keys are the columns; a later line may leave some out, but bring no others.
 *
 * @throws DialectError HUTCH108 names the line that can't be read
 */
export async function insertStream(
  driver: Driver,
  context: ActorContext,
  options: ExecuteOptions,
): Promise<{ readonly plan: MutationStatementPlan; readonly outcome: Outcome }> {
  const { payload } = context.request;
  if (payload?.kind !== 'stream' || context.request.preferences.return === 'representation') {
    throw streamTarget('A stream of rows is inserted without a representation.');
  }
  const writer = new StreamInsert(context);
  try {
    await driver.transaction((tx) => writer.run(tx, linesOf(payload.stream)), {
      ...options,
      actor: actorOf(context, null),
    });
  } catch (error) {
    if (error !== UNDONE) throw refusal(error, context.caller);
  }
  return writer.result();
}

class StreamInsert {
  readonly #context: ActorContext;
  #statement: { readonly plan: MutationStatementPlan; readonly compiled: Compiled } | undefined;
  #columns: ReadonlySet<string> = new Set();
  #outcome: Outcome | undefined;
  #rows = 0;

  constructor(context: ActorContext) {
    this.#context = context;
  }

  async run(tx: Transaction, lines: AsyncIterable<Line>): Promise<void> {
    let chunk: string[] = [];
    let length = 0;
    for await (const line of lines) {
      this.#check(line);
      chunk.push(line.text);
      length += line.text.length;
      if (chunk.length < CHUNK_ROWS && length < CHUNK_LENGTH) continue;
      await this.#insert(tx, chunk);
      chunk = [];
      length = 0;
    }
    if (chunk.length > 0 || this.#statement === undefined) await this.#insert(tx, chunk);
    if (rollsBack(this.#context)) throw UNDONE;
  }

  result() {
    if (this.#statement === undefined || this.#outcome === undefined) throw new Error('The stream left no outcome');
    return { plan: this.#statement.plan, outcome: { ...this.#outcome, page: this.#rows } };
  }

  #check(line: Line): void {
    const keys = rowKeys(line);
    if (this.#statement === undefined) {
      const { columns } = this.#context.request;
      this.#columns = new Set(columns ?? keys);
      this.#prepare([...this.#columns].sort());
    }
    if (this.#context.request.columns !== null) return;
    const unknown = keys.find((key) => !this.#columns.has(key));
    if (unknown !== undefined) throw invalidLine(line.number, `The first line has no key '${unknown}'.`);
  }

  #prepare(columns: readonly string[]): void {
    const { catalog, settings } = this.#context;
    const planned = plan(this.#requestWith('[]', columns), catalog, settings);
    if (planned.kind !== 'mutation') throw streamTarget('Only a table takes a stream of rows.');
    this.#statement = { plan: planned, compiled: compile(planned) };
  }

  async #insert(tx: Transaction, chunk: readonly string[]): Promise<void> {
    if (this.#statement === undefined) this.#prepare([]);
    if (this.#statement === undefined) return;
    const request = this.#requestWith(`[${chunk.join(',')}]`, [...this.#columns]);
    this.#outcome = outcomeOf(await tx.query(bind(this.#statement.compiled.main, request)));
    this.#rows += this.#outcome.page;
  }

  #requestWith(text: string, keys: readonly string[]): ApiRequest {
    const { request } = this.#context;
    const { conditions, headers, cookies, shape } = request;
    return {
      ...request,
      conditions,
      headers,
      cookies,
      shape,
      canonicalQuery: () => request.canonicalQuery(),
      payload: { kind: 'json', text, keys },
      payloadColumns: keys,
    };
  }
}
