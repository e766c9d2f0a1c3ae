import type { CancelReason } from '../canceled.ts';
import type { Receive } from '../protocol/frames.ts';

/**
 * One Postgres session that takes protocol messages: a socket, or an engine in a Worker. It takes one request at a time;
 * `connection.ts` sees to that.
 */
export interface Link {
  /** The link is gone, and so is its session; a new one is needed. */
  readonly broken: boolean;
  /** `cancel` ends the statement only, not the session with it. */
  readonly cancelsGently: boolean;
  /**
   * Sends one request (it ends with Sync, or is a Query) and hands each message of the reply to `receive`, the last being
   * ReadyForQuery. The request's memory is given away. Rejects with a ConnectionError where the engine went away.
   */
  exchange(request: Uint8Array<ArrayBuffer>, receive: Receive): Promise<void>;
  /** The same for a `COPY … FROM STDIN`: `parts` are its messages, taken no faster than the engine reads them. */
  copyIn(
    request: Uint8Array<ArrayBuffer>,
    parts: AsyncIterable<Uint8Array<ArrayBuffer>>,
    receive: Receive,
  ): Promise<void>;
  /** Ends what runs now; the exchange then fails with 57014. Resolves once it can't hit anything that comes after it. */
  cancel(reason: CancelReason): Promise<void>;
  /** Holds back further messages of a reply, where the engine can; `resume` lets them come. */
  pause(): void;
  resume(): void;
  /** Ends the session in good order. */
  end(): Promise<void>;
}
