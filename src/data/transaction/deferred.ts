import type { Database } from '../database.ts';

/** Where a deferred database's statements go: a transaction, begun when the first of them is about to run. */
export type Begin = () => Promise<Database>;

/** Told of each statement that failed, before whoever sent it is. */
export type Failed = (error: unknown) => void;

/**
 * A database like `db` whose statements run on what `begin` resolves to. Drizzle builds and prepares a statement at once
 * and sends it later, so it is the sending that waits: a deferred database which nobody uses opens nothing.
 *
 * Drizzle offers no seam for this; the session is the one object every builder goes through, in both of its lines.
 */
export function deferredDatabase<D extends Database>(db: D, begin: Begin, failed: Failed = ignore): D {
  const inner = internals(db);
  const session = deferredSession(inner.session, begin, failed);
  // The second line of Drizzle takes `relations` here, the first the parts of its schema, both as `_` holds them.
  const built: unknown = Reflect.construct(db.constructor, [inner.dialect, session, db._.relations ?? db._]);
  // Reflect.construct cannot say so, but the constructor of a D makes a D.
  return built as D;
}

interface Internals {
  readonly dialect: unknown;
  readonly session: Session;
}

/** What Drizzle's sessions have in common in both lines; the arguments are passed on untouched. */
interface Session {
  prepareQuery(...args: unknown[]): Prepared;
}

interface Prepared {
  execute(...args: unknown[]): Promise<unknown>;
}

// `dialect` and `session` are there at run time but marked internal, hence absent from the declarations.
const internals = (db: Database): Internals => db as unknown as Internals;

const ignore: Failed = () => undefined;

function deferredSession(session: Session, begin: Begin, failed: Failed): Session {
  return new Proxy(session, {
    get(target, name, receiver) {
      if (name === 'prepareQuery') return (...args: unknown[]) => deferredQuery(target, args, begin, failed);
      if (name === 'transaction')
        return async (work: Parameters<Database['transaction']>[0]) => (await begin()).transaction(work);
      return Reflect.get(target, name, receiver);
    },
  });
}

/** The builders set fields on what they prepared (the first line does), so these are carried over to what is executed. */
function deferredQuery(session: Session, args: unknown[], begin: Begin, failed: Failed): Prepared {
  const settings = new Map<string | symbol, unknown>();
  return new Proxy(session.prepareQuery(...args), {
    get(target, name, receiver) {
      if (name !== 'execute') return Reflect.get(target, name, receiver);
      return async (...values: unknown[]) => {
        const query = internals(await begin()).session.prepareQuery(...args);
        for (const [key, value] of settings) Reflect.set(query, key, value);
        return query.execute(...values).catch((error: unknown) => {
          failed(error);
          throw error;
        });
      };
    },
    set(target, name, value, receiver) {
      settings.set(name, value);
      return Reflect.set(target, name, value, receiver);
    },
  });
}
