import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { HutchError } from '../../errors/index.ts';
import type { Place } from './seek.ts';

/** Bytes of the check, and of the query's fingerprint: enough against accidents and, with a secret, against guessing. */
const CHECK = 12;
const FINGERPRINT = 6;

/** A cursor is a place in one query's order, with a check of both. */
export class Cursors {
  readonly #fingerprint: Buffer;

  /**
   * @param query whatever makes the query what it is: its text, order and parameters
   * @param secret signs the cursors; without one, a check still tells damaged and mixed-up cursors, but not forged ones
   */
  constructor(
    query: string,
    private readonly secret: string | undefined,
  ) {
    this.#fingerprint = createHash('sha256').update(query).digest().subarray(0, FINGERPRINT);
  }

  encode(place: Place): string {
    const body = Buffer.concat([this.#fingerprint, Buffer.from(JSON.stringify(place))]);
    return Buffer.concat([this.#check(body), body]).toString('base64url');
  }

  /** @throws HutchError `cursor_invalid` for what was not made here, `cursor_mismatch` for another query's cursor. */
  decode(cursor: string, field: string): unknown {
    const bytes = Buffer.from(cursor, 'base64url');
    const body = bytes.subarray(CHECK);
    const genuine = bytes.length > CHECK + FINGERPRINT && timingSafeEqual(bytes.subarray(0, CHECK), this.#check(body));
    // base64url has several spellings of the same bytes; only the one we wrote counts.
    if (!genuine || bytes.toString('base64url') !== cursor) throw new HutchError('cursor_invalid', { field });
    if (!body.subarray(0, FINGERPRINT).equals(this.#fingerprint)) {
      throw new HutchError('cursor_mismatch', {
        field,
        hint: 'Start again without a cursor after changing filter or order.',
      });
    }
    return placeIn(body.subarray(FINGERPRINT).toString());
  }

  #check(body: Buffer): Buffer {
    return createHmac('sha256', this.secret ?? 'hutch')
      .update(body)
      .digest()
      .subarray(0, CHECK);
  }
}

/** Undefined where somebody has made up what is no JSON. */
function placeIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
