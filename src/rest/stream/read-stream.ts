import type { Driver } from '../../db/index.ts';
import { parameter } from '../compile/bind.ts';
import { readSql } from '../compile/read.ts';
import { Parameters, quoteText } from '../compile/sql.ts';
import { type ActorContext, actorOf } from '../execute/actor.ts';
import { type ExecuteOptions, refusal } from '../execute/execute.ts';
import type { ApiRequest } from '../parse/types.ts';
import type { ReadStatementPlan, Value } from '../plan/types.ts';

/** COPY takes no parameters: values stand in its text, quoted as constants. They have the type of their place all the same. */
class Constants extends Parameters {
  readonly #request: ApiRequest;

  constructor(request: ApiRequest) {
    super();
    this.#request = request;
  }

  override add(value: Value): string {
    const bound = parameter(value, this.#request);
    return typeof bound === 'string' ? quoteText(bound) : 'NULL';
  }
}

/** JSON may hold line breaks between its tokens, where a space means the same. No other control character can be in it. */
const ROW = String.raw`translate(row_to_json(_row)::text, E'\n\r', '  ')`;
/** With a delimiter and a quote that JSON text can't contain, COPY's lines are the rows as they are. */
const FORMAT = String.raw`(FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01')`;

function copySql(plan: ReadStatementPlan, request: ApiRequest): string {
  return `COPY (SELECT ${ROW} FROM (${readSql(plan.read, new Constants(request))}) _row) TO STDOUT ${FORMAT}`;
}

/**
 * The rows as NDJSON, as Postgres makes them, in bounded memory: it is asked for more when the client has taken what there
 * is. Resolves with the first piece; what fails before that is an error response, what fails later breaks the stream off.
 *
 * @throws DialectError
 */
export async function readStream(
  driver: Driver,
  context: ActorContext,
  plan: ReadStatementPlan,
  options: ExecuteOptions,
): Promise<ReadableStream<Uint8Array>> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const started = Promise.withResolvers<void>();
  const sql = copySql(plan, context.request);
  const copied = driver.transaction(
    async (tx) => {
      for await (const piece of tx.copyOut(sql)) {
        started.resolve();
        await writer.write(piece);
      }
    },
    { ...options, actor: actorOf(context, plan), readOnly: true },
  );
  copied
    .then(
      () => {
        started.resolve();
        return writer.close();
      },
      (error: unknown) => {
        started.reject(refusal(error, context.caller));
        return writer.abort(error);
      },
    )
    .catch(() => {}); // the client has gone, and wants to know nothing more
  await started.promise;
  return readable;
}
