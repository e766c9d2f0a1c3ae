/** What `details` may be: text, or for ambiguous embeds a list of the candidates. */
export type Details = string | readonly Readonly<Record<string, string>>[] | null;

export interface DialectErrorOptions {
  readonly details?: Details;
  readonly hint?: string | null;
  /** Extra response headers: `WWW-Authenticate`, or what `raise sqlstate 'PGRST'` asked for. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** A reason phrase of the raiser's own. */
  readonly statusText?: string;
  readonly cause?: unknown;
}

/**
 * An error as the dialect answers it: an HTTP status and `{code, details, hint, message}`. The functions beside this file
 * make them, one for each mistake, with the dialect's own words.
 */
export class DialectError extends Error {
  override readonly name = 'DialectError';
  readonly details: Details;
  readonly hint: string | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly statusText: string | undefined;

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    options: DialectErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.details = options.details ?? null;
    this.hint = options.hint ?? null;
    this.headers = options.headers ?? [];
    this.statusText = options.statusText;
  }

  toJSON(): { code: string; details: Details; hint: string | null; message: string } {
    return { code: this.code, details: this.details, hint: this.hint, message: this.message };
  }
}

export function isDialectError(error: unknown): error is DialectError {
  return error instanceof DialectError;
}
