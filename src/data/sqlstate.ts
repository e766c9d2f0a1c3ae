/** How deep a chain of causes is followed: Drizzle wraps once, drivers once more. */
const MAX_CAUSES = 8;

/** The SQLSTATE of an error, wherever Drizzle and the driver have put it in its chain of causes. */
export function sqlstateOf(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && typeof current === 'object' && current !== null; depth++) {
    if ('code' in current && typeof current.code === 'string' && /^[0-9A-Z]{5}$/.test(current.code))
      return current.code;
    current = 'cause' in current ? current.cause : undefined;
  }
  return undefined;
}

/** The innermost error that carries an SQLSTATE: what Postgres itself said. */
export function postgresErrorOf(error: unknown): (Error & { readonly code: string }) | undefined {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && current instanceof Error; depth++) {
    if (carriesSqlstate(current)) return current;
    current = current.cause;
  }
  return undefined;
}

function carriesSqlstate(error: Error): error is Error & { readonly code: string } {
  return 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code);
}
