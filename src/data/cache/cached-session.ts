import type { Cache } from 'drizzle-orm/cache/core';
import type { Database } from '../database.ts';
import { type DrizzleCache, TransactionCache } from './drizzle-cache.ts';
import type { Tiers } from './tiers.ts';

/** What Drizzle's Postgres sessions are made of, in both lines; it is there at run time, but not declared. */
interface Session {
  readonly client: unknown;
  readonly relations?: unknown;
  readonly schema?: unknown;
  readonly options?: object;
  prepareQuery(...args: unknown[]): { execute(...args: unknown[]): Promise<unknown> };
  transaction(work: (tx: Database) => Promise<unknown>, config?: unknown): Promise<unknown>;
}

const internals = (db: Database) => db as unknown as { readonly dialect: unknown; readonly session: Session };

/** The same database, whose session asks `cache`. The session is made again, because Drizzle takes a cache only then. */
export function withCache<D extends Database>(db: D, cache: DrizzleCache, tiers: Tiers): D {
  const { dialect, session } = internals(db);
  const cachedSession = sharingFlights(sessionWith(session, dialect, cache), cache, (work, config) =>
    committing(sessionWith(session, dialect, new TransactionCache()), tiers, work, config),
  );
  const built: unknown = Reflect.construct(db.constructor, [dialect, cachedSession, db._.relations ?? db._]);
  const made = built as D; // the constructor of a D makes a D
  made.$cache = { invalidate: (change) => cache.onMutate(change) };
  return made;
}

function sessionWith(session: Session, dialect: unknown, cache: Cache): Session {
  const { client, relations, schema, options } = session;
  return Reflect.construct(session.constructor, [client, dialect, relations ?? schema, { ...options, cache }]);
}

function sharingFlights(session: Session, cache: DrizzleCache, transaction: Session['transaction']): Session {
  return new Proxy(session, {
    get(target, name, receiver) {
      if (name === 'transaction') return transaction;
      if (name !== 'prepareQuery') return Reflect.get(target, name, receiver);
      return (...args: unknown[]) => {
        const query = target.prepareQuery(...args);
        const execute = query.execute.bind(query);
        query.execute = (...values: unknown[]) => cache.flights.query(() => execute(...values));
        return query;
      };
    },
  });
}

/** Each transaction has a cache of its own, which tells what has changed once it is committed. */
async function committing(
  session: Session,
  tiers: Tiers,
  work: (tx: Database) => Promise<unknown>,
  config: unknown,
): Promise<unknown> {
  const cache = cacheOf(session);
  const result = await session.transaction((tx) => work(adopted(tx, cache)), config);
  await tiers.invalidate(cache.changed);
  return result;
}

function cacheOf(session: Session): TransactionCache {
  const { options } = session;
  if (options && 'cache' in options && options.cache instanceof TransactionCache) return options.cache;
  throw new TypeError('This Drizzle driver takes no cache');
}

/** `tx.$cache.invalidate` waits for the commit too, in nested transactions as well. */
function adopted<T extends Database>(tx: T, cache: TransactionCache): T {
  const nest = tx.transaction.bind(tx);
  tx.$cache = { invalidate: (change) => cache.onMutate(change) };
  tx.transaction = (work, config) => nest((inner) => work(adopted(inner, cache)), config);
  return tx;
}
