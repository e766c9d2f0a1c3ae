/** What passes between the main thread and the engine's Worker. */

export interface EngineOptions {
  /** The data folder; absent: in memory. */
  readonly dataDir?: string;
  /** The template's files for a database in memory, as an uncompressed tar archive. */
  readonly template?: Uint8Array;
  readonly fsync: boolean;
  /** A compiled engine; compiling it anew takes some 130 ms. */
  readonly module?: WebAssembly.Module;
}

export type ToWorker =
  | { readonly kind: 'open'; readonly options: EngineOptions }
  | { readonly kind: 'request'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** A part of a large reply. */
  | { readonly kind: 'piece'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The reply, or its last part; it ends with ReadyForQuery. */
  | { readonly kind: 'reply'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The engine is dead; nothing more will come. */
  | { readonly kind: 'died'; readonly reason: string }
  | { readonly kind: 'closed' };
