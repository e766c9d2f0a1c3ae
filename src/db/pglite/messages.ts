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
  /** Its cells are named below. */
  readonly control: Int32Array<SharedArrayBuffer>;
  /** What a `COPY … FROM STDIN` reads next. */
  readonly copy: Uint8Array<SharedArrayBuffer>;
  /** A short request, and a short reply. */
  readonly request: Uint8Array<SharedArrayBuffer>;
  readonly reply: Uint8Array<SharedArrayBuffer>;
}

/** How many more pieces of a reply the Worker may send. */
export const PIECES_LEFT = 0;
/** See below, and the bytes in `copy`. */
export const COPY_STATE = 1;
export const COPY_LENGTH = 2;
/** How often the bell was rung, for requests and messages: see `doorbell.ts`. */
export const RINGS = 3;
/** Bytes in `request`; 0: there is none. */
export const REQUEST_LENGTH = 4;
const CELLS = 5;

export const COPY_WANTED = 0;
/** Filled with part of a message, with whole messages, or with the last (or nothing more). */
export const COPY_FILLED = 1;
export const COPY_WHOLE = 2;
export const COPY_ENDED = 3;

/** Pieces of a reply that may be on their way before the Worker waits for the reader. */
const PIECES = 8;
const COPY_BYTES = 256 * 1024;
/** Most of what an API or a tool sends and gets is shorter. */
const SHORT_BYTES = 16 * 1024;

export function shareMemory(): SharedMemory {
  const control = new Int32Array(new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT));
  control[PIECES_LEFT] = PIECES;
  return { control, copy: sharedBytes(COPY_BYTES), request: sharedBytes(SHORT_BYTES), reply: sharedBytes(SHORT_BYTES) };
}

const sharedBytes = (length: number): Uint8Array<SharedArrayBuffer> => new Uint8Array(new SharedArrayBuffer(length));

export type ToWorker =
  /** Lay a data folder, from another archive than the empty database's where one is named. */
  | { readonly kind: 'lay'; readonly dataDir: string; readonly archive: string | undefined }
  | { readonly kind: 'open'; readonly options: EngineOptions; readonly shared: SharedMemory }
  /** A request that does not go through the shared memory. */
  | { readonly kind: 'request'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** A `COPY … FROM STDIN`: after `bytes`, the request goes on with what comes through the shared memory. */
  | { readonly kind: 'copy'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'close' };

/** Before its engine answers. */
export type FromStartingWorker =
  | { readonly kind: 'laid' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Once it does. */
export type FromWorker =
  /** A part of a large reply. */
  | { readonly kind: 'piece'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The reply, or its last part, is in the shared memory, so many bytes. A number costs the event loop half of what an object does. */
  | number
  /** One that is too long for it. */
  | { readonly kind: 'reply'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** A running COPY wants the shared memory filled. */
  | { readonly kind: 'more' }
  /** The engine is dead; nothing more will come. `tooDeep`: of a recursion that used up its stack. */
  | { readonly kind: 'died'; readonly reason: string; readonly tooDeep: boolean }
  | { readonly kind: 'closed' };
