/** A cache shared by processes. It may be away: every method may reject, and the application goes on without it. */
export interface SharedStore {
  /** The values of keys, and the counters of names, in one round trip. */
  read(keys: readonly string[], counters: readonly string[]): Promise<SharedRead>;
  write(key: string, value: Uint8Array, ttl: number): Promise<void>;
  /** Adds one to each counter and tells the other processes. */
  bump(counters: readonly string[]): Promise<void>;
  /** `heard` is told what other processes (and this one) have bumped; `resumed`, that it hears again and may have missed some. */
  subscribe(heard: (counters: readonly string[]) => void, resumed: () => void): Promise<() => Promise<void>>;
}

export interface SharedRead {
  readonly values: readonly (Uint8Array | null)[];
  readonly counters: readonly number[];
}

/** Tells the other processes of changes, where no store is shared. */
export interface Bus {
  publish(names: readonly string[]): Promise<void>;
  /** As a shared store's. */
  subscribe(heard: (names: readonly string[]) => void, resumed: () => void): Promise<() => Promise<void>>;
}
