import type { Driver, Transaction } from '../../db/index.ts';
import type { ActorContext } from '../execute/actor.ts';
import { type ExecuteOptions, refusal, transactionOf, UNDONE } from '../execute/at-once.ts';
import type { Outcome } from '../execute/outcome.ts';
import { preRequest } from '../execute/pre-request.ts';
import { copiedPieces, paceOf } from './copied-pieces.ts';
import { CopiedRows } from './copied-rows.ts';
import { copySql, namesSql, totalSql } from './copy-sql.ts';
import { Hold } from './hold.ts';
import { Outlet } from './outlet.ts';
import type { StreamedPlan } from './streamed.ts';

/** Bytes of CSV that are held back, to be answered as the dialect does: with their range, entity tag and length. */
const WHOLE_CSV = 8 * 1_048_576;

export interface ReadOptions extends ExecuteOptions {
  /** The driver's own limit, in milliseconds; 0 is none. A stream may take longer, if the rows keep coming. */
  readonly statementTimeout?: number;
  /** Called once nothing more is sent. */
  readonly ended?: () => void;
  /** Told why a stream that had begun was broken off. */
  readonly broken?: (error: unknown) => void;
}

/** Rows as they come, or all of them where they were few. */
export type Streamed =
  | { readonly whole: Outcome }
  | {
      readonly rows: ReadableStream<Uint8Array>;
      /** Rows without the range, where they were to be counted. */
      readonly total: number | null;
    };

/**
 * A table's or a function's rows as NDJSON or CSV, as Postgres makes them, in bounded memory. What the client has not taken yet waits in a
 * spool, so that a slow one keeps neither a connection nor the embedded engine. Resolves with the first piece, CSV once it is long; what
 * fails before that is an error response, what fails later breaks the stream off. A client who takes nothing for a while has gone.
 *
 * @throws DialectError
 */
export async function readStream(
  driver: Driver,
  context: ActorContext,
  plan: StreamedPlan,
  options: ReadOptions,
): Promise<Streamed> {
  const csv = plan.media.kind === 'csv';
  const outlet = new Outlet(csv ? WHOLE_CSV : 0, new Hold(() => driver.stats().waiting > 0));
  const found: Found = { total: null, names: [], headers: null, status: null };
  const rows = new CopiedRows();
  const { end, actor, ...transaction } = transactionOf(context, plan);
  const { silence, ...limits } = paceOf(driver, actor, options.statementTimeout ?? 0);
  const work = async (tx: Transaction) => {
    for (const statement of preRequest(context.settings)) await tx.query(statement);
    if (csv) await lookAhead(tx, context, plan, found);
    outlet.begin(Buffer.from(found.names.join(',')));
    const pieces = copiedPieces(tx, copySql(plan, context.request), silence, options);
    for await (const piece of pieces) await outlet.write(rows.take(piece));
    if (csv && outlet.held) await lookBack(tx, found);
    if (end === 'rollback') throw UNDONE;
  };
  driver
    .transaction(work, { ...options, ...transaction, ...limits })
    .catch((error: unknown) => {
      if (error !== UNDONE) throw refusal(error, context.caller);
    })
    .then(
      () => outlet.end(),
      (error: unknown) => outlet.fail(error),
    )
    .then(() => outlet.sent)
    .catch((error: unknown) => options.broken?.(error))
    .finally(options.ended);
  const stream = await outlet.opened;
  if (stream !== null) return { rows: stream, total: found.total };
  if (!csv) return { rows: new Blob().stream(), total: null };
  return { whole: outcomeOf(found, rows.count, outlet.whole()) };
}

/** What is asked beside the rows. */
interface Found {
  total: number | null;
  names: readonly string[];
  headers: string | null;
  status: string | null;
}

async function lookAhead(tx: Transaction, { request }: ActorContext, plan: StreamedPlan, found: Found): Promise<void> {
  const { fields } = await tx.query({ text: namesSql(plan, request), prepare: false });
  found.names = fields.map((field) => field.name);
  if (plan.count === null) return;
  const { rows } = await tx.query({ text: totalSql(plan, request), prepare: false });
  found.total = Number(rows[0]?.[0] ?? 0);
}

const SETTINGS = `SELECT ${['headers', 'status'].map((name) => `nullif(current_setting('response.${name}', true), '')`).join(', ')}`;

/** What SQL has set for the answer, while it can still be said. */
async function lookBack(tx: Transaction, found: Found): Promise<void> {
  const { rows } = await tx.query({ text: SETTINGS });
  [found.headers = null, found.status = null] = rows[0] ?? [];
}

/** Few rows, as an ordinary statement gives them. Without a row there are no names in the header either. */
function outcomeOf({ total, headers, status }: Found, page: number, body: Uint8Array<ArrayBuffer>): Outcome {
  const text = page === 0 ? '\n' : new TextDecoder().decode(body);
  return { total, page, location: null, body: text, headers, status, inserted: null, last: null };
}
