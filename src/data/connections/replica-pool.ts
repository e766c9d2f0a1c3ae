import { ConnectionError, type Driver, type Health, type PoolStats } from '../../db/driver.ts';

/** An open replica, or the way to open one: then it takes part as soon as it can be reached, also when that is later. */
export type Replica = Driver | (() => Promise<Driver>);

export interface ReplicaSettings {
  /** Milliseconds between looks at a replica that has failed. Default 5,000. */
  readonly recheck?: number;
  /** Told when a replica is left out, and when it is back. */
  readonly onChange?: (index: number, alive: boolean) => void;
}

interface Slot {
  readonly index: number;
  readonly open: () => Promise<Driver>;
  driver: Driver | undefined;
  alive: boolean;
}

const NOBODY: PoolStats = { size: 0, busy: 0, idle: 0, waiting: 0 };

/** The replicas of a primary, those that answer taking turns. */
export class ReplicaPool {
  readonly #slots: readonly Slot[];
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #turn = 0;
  #closed = false;

  constructor(
    private readonly primary: Driver,
    replicas: readonly Replica[],
    private readonly settings: ReplicaSettings,
  ) {
    this.#slots = replicas.map((replica, index) => slotOf(replica, index));
    for (const slot of this.#slots) if (!slot.alive) void this.#recheck(slot);
  }

  /** Runs it on a living replica, on another where that one fails, and on the primary at last. */
  async run<T>(work: (driver: Driver) => Promise<T>): Promise<T> {
    for (const slot of this.#inTurn()) {
      try {
        if (slot.driver) return await work(slot.driver);
      } catch (error) {
        if (!this.#elsewhere(slot, error)) throw error;
      }
    }
    return work(this.primary);
  }

  stats(): readonly PoolStats[] {
    return this.#slots.map(({ driver }) => driver?.stats() ?? NOBODY);
  }

  /** Asks each of them now. */
  health(): Promise<readonly Health[]> {
    return Promise.all(this.#slots.map(({ driver }) => (driver ? healthOf(driver) : NOT_OPEN)));
  }

  /** Whether each takes part, as far as is known without asking. */
  alive(): readonly boolean[] {
    return this.#slots.map((slot) => slot.alive);
  }

  async close(options?: { readonly graceMs?: number }): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#slots.map(({ driver }) => driver?.close(options)));
  }

  #inTurn(): readonly Slot[] {
    const living = this.#slots.filter((slot) => slot.alive);
    const start = this.#turn++ % Math.max(1, living.length);
    return [...living.slice(start), ...living.slice(0, start)];
  }

  /** Whether the failure is the replica's and not the query's. */
  #elsewhere(slot: Slot, error: unknown): boolean {
    if (error instanceof ConnectionError && error.code !== 'pool_timeout') {
      this.#leaveOut(slot);
      return true;
    }
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    return code === 'pool_timeout' || (typeof code === 'string' && BEHIND.has(code));
  }

  #leaveOut(slot: Slot): void {
    if (!slot.alive) return;
    slot.alive = false;
    this.settings.onChange?.(slot.index, false);
    this.#recheckLater(slot);
  }

  #recheckLater(slot: Slot): void {
    if (this.#closed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#recheck(slot);
    }, this.settings.recheck ?? RECHECK);
    timer.unref();
    this.#timers.add(timer);
  }

  async #recheck(slot: Slot): Promise<void> {
    const { ok } = await this.#asked(slot);
    if (this.#closed) return;
    if (!ok) return this.#recheckLater(slot);
    slot.alive = true;
    this.settings.onChange?.(slot.index, true);
  }

  async #asked(slot: Slot): Promise<Health> {
    try {
      slot.driver ??= await slot.open();
    } catch {
      return NOT_OPEN;
    }
    // It may have come up while everything was being closed.
    if (this.#closed) await slot.driver.close({ graceMs: 0 });
    return healthOf(slot.driver);
  }
}

function slotOf(replica: Replica, index: number): Slot {
  if (typeof replica === 'function') return { index, open: replica, driver: undefined, alive: false };
  return { index, open: async () => replica, driver: replica, alive: true };
}

const RECHECK = 5_000;

const NOT_OPEN: Health = { ok: false, reason: 'it could not be reached yet' };

export const healthOf = (driver: Driver): Promise<Health> =>
  driver
    .health()
    .catch((error: unknown) => ({ ok: false, reason: error instanceof Error ? error.message : String(error) }));

/**
 * What a replica refuses and the primary may not: writing (25006), a query that stood in the way of what it has to replay (40001), a
 * table, column or function that it has not heard of yet (42P01, 42703, 42883, 3F000).
 */
const BEHIND: ReadonlySet<string> = new Set(['25006', '40001', '42P01', '42703', '42883', '3F000']);
