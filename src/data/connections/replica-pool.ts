import { ConnectionError, type Driver, type Health, type PoolStats } from '../../db/driver.ts';
import { Vigil, within } from './vigil.ts';

/** An open replica, or the way to open one: then it takes part as soon as it can be reached, also when that is later. */
export type Replica = Driver | (() => Promise<Driver>);

export interface ReplicaSettings {
  /** Milliseconds between looks at a replica that has failed. Default 5,000. */
  readonly recheck?: number;
  /** Milliseconds of silence from a replica that was asked something, until it is asked whether it is there at all. Default 1,000. */
  readonly patience?: number;
  /** Told when a replica is left out, and when it is back. */
  readonly onChange?: (index: number, alive: boolean) => void;
}

interface Slot {
  readonly index: number;
  /** Undefined where it was given open: there is no other way to it. */
  readonly open: (() => Promise<Driver>) | undefined;
  driver: Driver | undefined;
  opening: Promise<Driver> | undefined;
  alive: boolean;
}

const NOBODY: PoolStats = { size: 0, busy: 0, idle: 0, waiting: 0 };

/** The replicas of a primary, those that answer taking turns. */
export class ReplicaPool {
  readonly #slots: readonly Slot[];
  readonly #vigils: ReadonlyMap<Slot, Vigil>;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #turn = 0;
  #closed = false;

  constructor(
    private readonly primary: Driver,
    replicas: readonly Replica[],
    private readonly settings: ReplicaSettings,
  ) {
    this.#slots = replicas.map((replica, index) => slotOf(replica, index));
    this.#vigils = new Map(this.#slots.map((slot) => [slot, this.#vigil(slot)]));
    for (const slot of this.#slots) if (!slot.alive) void this.#recheck(slot);
  }

  /** Runs it on a living replica, on another where that one fails and it may be done `again`, and on the primary at last. */
  async run<T>(work: (driver: Driver) => Promise<T>, again = (): boolean => true): Promise<T> {
    for (const slot of this.#inTurn()) {
      const { driver } = slot;
      try {
        if (driver) return await (this.#vigils.get(slot)?.over(() => work(driver)) ?? work(driver));
      } catch (error) {
        if (!this.#elsewhere(slot, error) || !again()) throw error;
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

  #vigil(slot: Slot): Vigil {
    return new Vigil(
      this.settings.patience ?? PATIENCE,
      () => probe(slot),
      () => {
        this.#leaveOut(slot);
        // Its connections may never hear of it again.
        if (slot.open) void forget(slot);
      },
    );
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
    const driver = await within(LONGEST, opened(slot));
    if (!driver) return NOT_OPEN;
    // It may have come up while everything was being closed.
    if (this.#closed) await driver.close({ graceMs: 0 });
    return (await within(LONGEST, healthOf(driver))) ?? NOT_OPEN;
  }
}

async function opened(slot: Slot): Promise<Driver | undefined> {
  if (slot.driver || !slot.open) return slot.driver;
  // The one that took longer than anybody waited is still the one that will come.
  slot.opening ??= slot.open().finally(() => {
    slot.opening = undefined;
  });
  slot.driver = await slot.opening;
  return slot.driver;
}

async function probe(slot: Slot): Promise<boolean> {
  if (!slot.open) return slot.driver !== undefined && (await healthOf(slot.driver)).ok;
  const driver = await slot.open();
  const { ok } = await healthOf(driver);
  void driver.close({ graceMs: 0 }).catch(() => undefined);
  return ok;
}

async function forget(slot: Slot): Promise<void> {
  const { driver } = slot;
  slot.driver = undefined;
  await driver?.close({ graceMs: 0 }).catch(() => undefined);
}

function slotOf(replica: Replica, index: number): Slot {
  const unopened = { index, opening: undefined };
  return typeof replica === 'function'
    ? { ...unopened, open: replica, driver: undefined, alive: false }
    : { ...unopened, open: undefined, driver: replica, alive: true };
}

const RECHECK = 5_000;
const PATIENCE = 1_000;
/** Milliseconds that a replica has for coming up, and for saying that it is well. */
const LONGEST = 5_000;

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
