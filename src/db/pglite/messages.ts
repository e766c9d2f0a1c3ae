/** What passes between the main thread and the engine's Worker. */

export interface EngineOptions {
  /** The data folder; absent: in memory. */
  readonly dataDir?: string;
  /** The template's files for a database in memory, as an uncompressed tar archive. */
  readonly template?: Uint8Array;
  readonly fsync: boolean;
  /** Contributed extensions to load, for CREATE EXTENSION. */
  readonly extensions: readonly string[];
  /** The compiled engine; compiling it anew takes some 130 ms. */
  readonly module?: WebAssembly.Module;
}

/** Memory that both sides see, because a Worker that runs a statement hears no messages. */
export interface SharedMemory {
  /** At 0: how many more pieces the Worker may send. At 1: see `COPY_…`. At 2: bytes in `copy`. */
  readonly control: Int32Array<SharedArrayBuffer>;
  /** What a `COPY … FROM STDIN` reads next. */
  readonly copy: Uint8Array<SharedArrayBuffer>;
}

export const PIECES_LEFT = 0;
export const COPY_STATE = 1;
export const COPY_LENGTH = 2;

export const COPY_WANTED = 0;
/** Filled with part of a message, with whole messages, or with the last (or nothing more). */
export const COPY_FILLED = 1;
export const COPY_WHOLE = 2;
export const COPY_ENDED = 3;

/** Pieces of a reply that may be on their way before the Worker waits for the reader. */
const PIECES = 8;
const COPY_BYTES = 256 * 1024;

export function shareMemory(): SharedMemory {
  const control = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
  control[PIECES_LEFT] = PIECES;
  return { control, copy: new Uint8Array(new SharedArrayBuffer(COPY_BYTES)) };
}

export type ToWorker =
  /** Lay a data folder, from another archive than the empty database's where one is named. */
  | { readonly kind: 'lay'; readonly dataDir: string; readonly archive: string | undefined }
  | { readonly kind: 'open'; readonly options: EngineOptions; readonly shared: SharedMemory }
  | { readonly kind: 'request'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** A `COPY … FROM STDIN`: after `bytes`, the request goes on with what comes through the shared memory. */
  | { readonly kind: 'copy'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'laid' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** A part of a large reply. */
  | { readonly kind: 'piece'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The reply, or its last part. */
  | { readonly kind: 'reply'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** A running COPY wants the shared memory filled. */
  | { readonly kind: 'more' }
  /** The engine is dead; nothing more will come. */
  | { readonly kind: 'died'; readonly reason: string }
  | { readonly kind: 'closed' };
