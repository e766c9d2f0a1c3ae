import type { Database } from '../database.ts';

/** Sends the chunks to `COPY … FROM STDIN` on the connection of a transaction. */
export type Copier = (statement: string, chunks: Iterable<Uint8Array>) => Promise<void>;

/** What a `COPY` needs of the client behind a Drizzle session: Hutch's own has `copyIn`. */
interface CopyingClient {
  copyIn(statement: string, chunks: Iterable<Uint8Array>): Promise<number>;
}

/** postgres.js: a query that can be written to. */
interface WritableClient {
  unsafe(statement: string): { writable(): Promise<NodeJS.WritableStream> };
}

/** The way to COPY into this transaction, or undefined where its driver has none. */
export function copierOf(tx: Database): Copier | undefined {
  const client = clientOf(tx);
  if (hasCopyIn(client)) {
    return async (statement, chunks) => {
      await client.copyIn(statement, chunks);
    };
  }
  return isPostgresJs(client) ? (statement, chunks) => write(client, statement, chunks) : undefined;
}

/** postgres-js sessions keep the client they speak to in `client`, in both lines. */
function clientOf(tx: Database): unknown {
  const session: unknown = tx._.session ?? Reflect.get(tx, 'session');
  return typeof session === 'object' && session !== null && 'client' in session ? session.client : undefined;
}

const hasCopyIn = (client: unknown): client is CopyingClient =>
  isCallable(client) && 'copyIn' in client && typeof client.copyIn === 'function';

/** Only postgres.js has a client that is a function with `unsafe`; others of that name can't stream. */
const isPostgresJs = (client: unknown): client is WritableClient =>
  typeof client === 'function' && 'unsafe' in client && typeof client.unsafe === 'function';

const isCallable = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

async function write(client: WritableClient, statement: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const stream = await client.unsafe(statement).writable();
  const done = Promise.withResolvers<void>();
  stream.once('error', done.reject);
  stream.once('finish', () => done.resolve());
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await done.promise;
}
