/** How deep a chain of causes is followed: Drizzle wraps once, drivers once more. */
const MAX_CAUSES = 8;

/** The SQLSTATE of an error, wherever Drizzle and the driver have put it in its chain of causes. */
export const sqlstateOf = (error: unknown): string | undefined => carrierOf(error)?.code;

/** The error that carries it: what Postgres itself said. */
export function postgresErrorOf(error: unknown): (Error & Carrier) | undefined {
  const carrier = carrierOf(error);
  return carrier instanceof Error ? carrier : undefined;
}

interface Carrier {
  readonly code: string;
}

function carrierOf(error: unknown): Carrier | undefined {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && typeof current === 'object' && current !== null; depth++) {
    if (carriesSqlstate(current)) return current;
    current = 'cause' in current ? current.cause : undefined;
  }
  return undefined;
}

const carriesSqlstate = (error: object): error is Carrier =>
  'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code);
