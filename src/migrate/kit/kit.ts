import type { Executor, Result } from '../../db/driver.ts';
import { HutchError } from '../../errors/index.ts';
import type { FromWorker, KitReply, KitRequest, ToWorker } from './kit-protocol.ts';

/** A schema file that never ends must not hang the command. */
const KIT_LIMIT_MS = 120_000;

/**
 * Runs one operation of drizzle-kit in a Worker of its own. A Worker that ends without a reply (a schema file that calls
 * `process.exit`, an invalid schema) is an error reply, never the end of this process. The executor runs the queries of `push`.
 */
export function runKit(request: KitRequest, executor?: Executor): Promise<KitReply> {
  const worker = new Worker(new URL('./kit-worker.ts', import.meta.url).href);
  const post = (message: ToWorker) => worker.postMessage(message);
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish(ended('timeout', 'the schema files took too long to load')), KIT_LIMIT_MS);
    const finish = (reply: KitReply): void => {
      clearTimeout(timer);
      worker.terminate();
      resolve(reply);
    };
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if ('reply' in data) finish(data.reply);
      else answer(executor, data, post);
    };
    worker.onerror = (event) => finish(ended('schema_failed', event.message));
    worker.addEventListener('close', () => finish(ended('exited', 'a schema file ended the process')));
    post({ request });
  });
}

const ended = (code: string, message: string): KitReply => ({ status: 'error', code, message });

async function answer(
  executor: Executor | undefined,
  { query, id }: { readonly query: string; readonly id: number },
  post: (message: ToWorker) => void,
): Promise<void> {
  try {
    if (!executor) throw new Error('no database was given');
    post({ id, rows: rowsOf(await executor.query({ text: query, prepare: false })) });
  } catch (error) {
    post({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

const BOOLEAN = 16;
const JSON_TYPES = new Set([114, 3802]);
const NUMBERS = new Set([21, 23, 26, 700, 701]);
/** text[], name[], char[], varchar[]; int2[], int4[], oid[]. */
const TEXT_ARRAYS = new Set([1009, 1003, 1002, 1015]);
const NUMBER_ARRAYS = new Set([1005, 1007, 1028, 22, 30]);

/** Rows as drizzle-kit's introspection reads them: the values that its usual drivers give. */
function rowsOf(result: Result): readonly Readonly<Record<string, unknown>>[] {
  return result.rows.map((row) =>
    Object.fromEntries(result.fields.map((field, index) => [field.name, cellValue(row[index] ?? null, field.type)])),
  );
}

function cellValue(cell: string | null, type: number): unknown {
  if (cell === null) return null;
  if (type === BOOLEAN) return cell === 't';
  if (NUMBERS.has(type)) return Number(cell);
  if (JSON_TYPES.has(type)) return JSON.parse(cell);
  if (TEXT_ARRAYS.has(type)) return arrayOf(cell);
  if (NUMBER_ARRAYS.has(type))
    return arrayOf(cell.startsWith('{') ? cell : `{${cell.replaceAll(' ', ',')}}`).map(Number);
  return cell;
}

/** A one-dimensional array in Postgres's text form. */
function arrayOf(cell: string): readonly (string | null)[] {
  const items = cell.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/g);
  return [...items].map(([, quoted, bare]) =>
    quoted !== undefined ? quoted.replace(/\\(.)/g, '$1') : bare === 'NULL' ? null : (bare ?? null),
  );
}

/** The reply where it is not an error. @throws HutchError with drizzle-kit's own reason */
export function succeeded(reply: KitReply): Exclude<KitReply, { status: 'error' }> {
  if (reply.status !== 'error') return reply;
  if (reply.code === 'migrate_schema_failed') throw new HutchError(reply.code, { details: reply.message });
  const isOwnCode = reply.code === 'internal_error' || reply.code === 'exited';
  throw new HutchError('migrate_generate_failed', {
    details: isOwnCode ? reply.message : `${reply.message} (${reply.code})`,
  });
}
