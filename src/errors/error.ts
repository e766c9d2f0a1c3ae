import { codes, type ErrorCode } from './codes.ts';

export interface HutchErrorOptions {
  /** Replaces the code's own message. */
  readonly message?: string;
  /** What was wrong and where, for the person who sent it. */
  readonly details?: string | null;
  /** What to do, or the nearest right name. */
  readonly hint?: string | null;
  /** The field, column, flag or path at fault. */
  readonly field?: string;
  readonly cause?: unknown;
}

/**
 * The one error class: a stable code, a public text, and the cause apart from it. `message`, `details` and `hint` may be
 * shown to whoever made the mistake; `cause` never leaves the process except into a log at debug level.
 */
export class HutchError extends Error {
  override readonly name = 'HutchError';
  readonly status: number;
  readonly details: string | null;
  readonly hint: string | null;
  readonly field: string | undefined;

  constructor(
    readonly code: ErrorCode,
    options: HutchErrorOptions = {},
  ) {
    super(options.message ?? codes[code].message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = codes[code].status;
    this.details = options.details ?? null;
    this.hint = options.hint ?? codes[code].hint ?? null;
    this.field = options.field;
  }

  /** The dialect's shape, in its key order. */
  toJSON(): { code: string; details: string | null; hint: string | null; message: string } {
    return { code: this.code, details: this.details, hint: this.hint, message: this.message };
  }
}

export function isHutchError(error: unknown): error is HutchError {
  return error instanceof HutchError;
}
