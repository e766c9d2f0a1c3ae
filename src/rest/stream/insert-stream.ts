import { type Driver, fill, Spool, type Transaction } from '../../db/index.ts';
import { bind } from '../compile/bind.ts';
import { type Compiled, compile } from '../compile/statement.ts';
import { streamTarget } from '../errors/extension-errors.ts';
import { type ActorContext, actorOf } from '../execute/actor.ts';
import { type ExecuteOptions, refusal, rollsBack, UNDONE } from '../execute/at-once.ts';
import { type Outcome, outcomeOf } from '../execute/outcome.ts';
import { preRequest } from '../execute/pre-request.ts';
import { requestWith } from '../execute/request-with.ts';
import { ownTimeout } from '../execute/statement-timeout.ts';
import type { BodyRow } from '../parse/body-row.ts';
import type { ApiRequest, Payload } from '../parse/types.ts';
import { plan } from '../plan/plan.ts';
import type { MutationStatementPlan } from '../plan/types.ts';
import { chunksOf } from './chunks.ts';
import { CsvRows } from './csv-rows.ts';
import { atLine, culprit } from './culprit.ts';
import { Hold } from './hold.ts';
import { NdjsonRows } from './ndjson-rows.ts';
import { steady } from './pace.ts';
import { type InsertProgress, Progress } from './progress.ts';
import type { RowSource } from './row.ts';

export interface StreamOptions extends ExecuteOptions {
  /** The most characters of a row, which is held in memory. */
  readonly longestRow: number;
  /** Told every few seconds how far it is. */
  readonly progress?: (progress: InsertProgress) => void;
}

/**
 * Inserts NDJSON or CSV of any size, in one transaction and bounded memory: rows are gathered into chunks, and each is one statement.
 * The transaction begins when the first chunk is there. Where it would keep all others out, it waits for the whole body besides, or for as
 * much of it as a spool takes. It ends where the body stalls; an error undoes all of it, and names the line.
 *
 * @throws DialectError HUTCH108, and PGRST102 for CSV, name the line that can't be read, HUTCH111 for a body that stalls
 */
export async function insertStream(
  driver: Driver,
  context: ActorContext,
  options: StreamOptions,
): Promise<{ readonly plan: MutationStatementPlan; readonly outcome: Outcome }> {
  const { payload } = context.request;
  if (payload?.kind !== 'stream' || context.request.preferences.return === 'representation') {
    throw streamTarget('A stream of rows is inserted without a representation.');
  }
  const body = new Spool();
  void fill(body, steady(payload.stream));
  const source = rowsOf(payload.format, body.read(), context.request, options.longestRow);
  const insert = new StreamInsert(context, source, new Progress(context.request.path, options.progress));
  const chunks = chunksOf(source);
  try {
    const first = await chunks.next();
    if (!driver.capabilities.concurrent) await body.settled;
    const rest = new Hold(() => driver.stats().waiting > 0).each(chunks, 'The next rows of the body');
    const actor = actorOf(context, null);
    const transaction = { actor, timeout: ownTimeout(driver, actor), keepsSettings: context.catalog.settingsKept };
    await driver.transaction((tx) => insert.run(tx, first, rest), { ...options, ...transaction });
  } catch (error) {
    if (error !== UNDONE) throw refusal(error, context.caller);
  } finally {
    body.dispose();
    await chunks.return(undefined);
  }
  return insert.result();
}

type Format = (Payload & { readonly kind: 'stream' })['format'];

function rowsOf(
  format: Format,
  pieces: AsyncIterable<Uint8Array>,
  { columns }: ApiRequest,
  longest: number,
): RowSource {
  return format === 'csv' ? new CsvRows(pieces, longest) : new NdjsonRows(pieces, columns, longest);
}

type Chunk = readonly BodyRow[];

class StreamInsert {
  readonly #context: ActorContext;
  readonly #source: RowSource;
  readonly #progress: Progress;
  #statement: { readonly plan: MutationStatementPlan; readonly compiled: Compiled } | undefined;
  #outcome: Outcome | undefined;
  #rows = 0;

  constructor(context: ActorContext, source: RowSource, progress: Progress) {
    this.#context = context;
    this.#source = source;
    this.#progress = progress;
  }

  async run(tx: Transaction, first: IteratorResult<Chunk>, rest: AsyncIterable<Chunk>): Promise<void> {
    for (const statement of preRequest(this.#context.settings)) await tx.query(statement);
    await this.#insert(tx, first.done ? [] : first.value);
    for await (const chunk of rest) await this.#insert(tx, chunk);
    this.#progress.end(this.#rows);
    if (!rollsBack(this.#context)) return;
    await tx.query({ text: 'SET CONSTRAINTS ALL IMMEDIATE' });
    throw UNDONE;
  }

  result() {
    if (this.#statement === undefined || this.#outcome === undefined) throw new Error('The stream left no outcome');
    const location = this.#rows === 1 ? this.#outcome.location : null;
    return { plan: this.#statement.plan, outcome: { ...this.#outcome, page: this.#rows, location } };
  }

  /** One statement, in a savepoint, so that its failure can be looked into. */
  async #insert(tx: Transaction, chunk: Chunk): Promise<void> {
    const insert = (inner: Transaction, rows: Chunk) => this.#send(inner, rows);
    let begun = false;
    try {
      this.#outcome = await tx.savepoint((inner) => {
        begun = true;
        return insert(inner, chunk);
      });
    } catch (error) {
      if (!begun) throw error; // the transaction's own settings
      const blame = await culprit(tx, { rows: chunk, error, insert });
      throw atLine(refusal(blame.error, this.#context.caller), blame.line);
    }
    this.#rows += this.#outcome.page;
    this.#progress.at(this.#rows);
  }

  async #send(tx: Transaction, rows: Chunk): Promise<Outcome> {
    const { columns } = this.#source;
    this.#statement ??= this.#prepare([...columns].sort());
    const request = this.#requestOf(`[${rows.map((row) => row.text).join(',')}]`, columns);
    return outcomeOf(await tx.query(bind(this.#statement.compiled.main, request)));
  }

  #prepare(columns: readonly string[]) {
    const { catalog, settings } = this.#context;
    const planned = plan(this.#requestOf('[]', columns), catalog, settings);
    if (planned.kind !== 'mutation') throw streamTarget('Only a table takes a stream of rows.');
    return { plan: planned, compiled: compile(planned) };
  }

  #requestOf(text: string, keys: readonly string[]): ApiRequest {
    return requestWith(this.#context.request, { payload: { kind: 'json', text, keys }, payloadColumns: keys });
  }
}
