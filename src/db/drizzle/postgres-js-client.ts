import type { Driver, Executor, Result, Transaction } from '../driver.ts';
import { defaultParsers, type Parsers, rowDecoder } from '../values/decode.ts';
import { encodeParam } from '../values/encode.ts';
import { ArrayTypes } from '../values/types.ts';

/**
 * The part of a postgres.js client that Drizzle uses, over an executor of ours: so Drizzle has the same database type, and decodes the same,
 * on every engine.
 */
export interface PostgresJsClient {
  /** Drizzle replaces the parsers of date types here, so as to decode them itself. */
  readonly options: { readonly parsers: Parsers; readonly serializers: Record<number, unknown> };
  unsafe(text: string, params?: readonly unknown[], options?: object): PendingQuery;
  /** Not of postgres.js: `COPY … FROM STDIN` on this very connection, which bulk writers look for. */
  copyIn(statement: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number>;
  begin<T>(...args: WorkArguments<T>): Promise<T>;
  savepoint<T>(...args: WorkArguments<T>): Promise<T>;
}

/** `(work)`, or `(modes or a name, work)`. */
type WorkArguments<T> =
  | readonly [work: (client: PostgresJsClient) => Promise<T>]
  | readonly [name: string, work: (client: PostgresJsClient) => Promise<T>];

/** Rows, as postgres.js has them: an array with the command and its count on it. */
export type RowList<T> = T[] & { readonly command: string; readonly count: number };

interface Decoding {
  readonly parsers: Parsers;
  readonly arrays: ArrayTypes;
}

type Begin = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;

export function postgresJsClient(executor: Driver | Transaction): PostgresJsClient {
  return clientOver(executor, { parsers: defaultParsers(), arrays: new ArrayTypes() });
}

function clientOver(executor: Driver | Transaction, decoding: Decoding): PostgresJsClient {
  const begin: Begin =
    'savepoint' in executor ? (work) => executor.savepoint(work) : (work) => executor.transaction(work);
  const nest = <T>(...args: WorkArguments<T>): Promise<T> => begin((tx) => workOf(args)(clientOver(tx, decoding)));
  return {
    options: { parsers: decoding.parsers, serializers: {} },
    unsafe: (text, params = []) => new PendingQuery(executor, text, params, decoding),
    copyIn: (statement, chunks) => executor.copyIn(statement, chunks),
    begin: nest,
    savepoint: nest,
  };
}

const workOf = <T>(args: WorkArguments<T>): ((client: PostgresJsClient) => Promise<T>) =>
  args.length === 1 ? args[0] : args[1];

type Objects = RowList<Record<string, unknown>>;

/** A query that runs when it is awaited: for objects, or with `values()` for arrays, or with `raw()` for cells as text. */
export class PendingQuery implements PromiseLike<Objects | Objects[]> {
  private running: Promise<Objects | Objects[]> | undefined;

  constructor(
    private readonly executor: Executor,
    private readonly text: string,
    private readonly params: readonly unknown[],
    private readonly decoding: Decoding,
  ) {}

  // biome-ignore lint/suspicious/noThenProperty: it is awaited, as postgres.js's queries are.
  then<A = Objects | Objects[], B = never>(
    fulfilled?: ((rows: Objects | Objects[]) => A | PromiseLike<A>) | null,
    rejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.running ??= this.objects();
    return this.running.then(fulfilled, rejected);
  }

  catch<B = never>(rejected?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<Objects | Objects[] | B> {
    return this.then(undefined, rejected);
  }

  finally(settled?: (() => void) | null): Promise<Objects | Objects[]> {
    return this.then().finally(settled);
  }

  execute(): this {
    void this.then(undefined, () => {});
    return this;
  }

  async values(): Promise<RowList<unknown[]>> {
    const { result, decode } = await this.decoded();
    return withTag(result.rows.map(decode), result);
  }

  async raw(): Promise<RowList<readonly (string | null)[]>> {
    const result = await this.one();
    return withTag([...result.rows], result);
  }

  private async objects(): Promise<Objects | Objects[]> {
    if (!isScript(this.text, this.params)) return this.toObjects(await this.one());
    const results: Objects[] = [];
    for (const result of await this.executor.script(this.text)) results.push(await this.toObjects(result));
    return results.length === 1 && results[0] !== undefined ? results[0] : results;
  }

  private async toObjects(result: Result): Promise<Objects> {
    const decode = await this.decoderOf(result);
    const names = result.fields.map((field) => field.name);
    const objects = result.rows.map((row) => {
      const values = decode(row);
      const object: Record<string, unknown> = {};
      for (const [index, name] of names.entries()) object[name] = values[index];
      return object;
    });
    return withTag(objects, result);
  }

  private one(): Promise<Result> {
    return this.executor.query({ text: this.text, params: this.params.map(encodeParam) });
  }

  private async decoded(): Promise<{ readonly result: Result; readonly decode: ReturnType<typeof rowDecoder> }> {
    const result = await this.one();
    return { result, decode: await this.decoderOf(result) };
  }

  private async decoderOf({ fields }: Result): Promise<ReturnType<typeof rowDecoder>> {
    const { arrays, parsers } = this.decoding;
    const learning = arrays.learn(fields, this.executor);
    if (learning !== undefined) await learning;
    return rowDecoder(fields, parsers, arrays);
  }
}

/** Several statements in one text go by the simple protocol; a `;` inside a string only costs the prepared statement. */
const isScript = (text: string, params: readonly unknown[]): boolean => params.length === 0 && /;\s*\S/.test(text);

/** The tag must not be enumerable: Drizzle takes an array's enumerable values for its rows. */
function withTag<T>(rows: T[], { command, count }: Result): RowList<T> {
  Object.defineProperties(rows, { command: { value: command }, count: { value: count } });
  return rows as RowList<T>;
}
