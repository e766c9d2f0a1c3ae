import type { Connection } from '../connection/connection.ts';
import type { PoolStats, RunOptions } from '../driver.ts';
import type { Notification } from '../protocol/backend.ts';
import type { EnterOptions } from './gate.ts';

/** A connection that its taker has to himself until `release`. */
export interface Slot {
  readonly connection: Connection;
  /** Milliseconds it took to get it. */
  readonly waited: number;
  /** Gives it back; the pool sees to it that nothing of this use is left on it. Safe to call twice. */
  release(): void;
  /** Makes the session as new, keeping what the pool itself needs of it. */
  reset(): Promise<void>;
}

export type NotificationListener = (notification: Notification) => void;

/** Where the driver has its connections from: N sockets, or the one session of an embedded engine. */
export interface Pool {
  acquire(options?: EnterOptions): Promise<Slot>;
  stats(): PoolStats;
  /** Subscribes the pool's listening session to a channel; it stays so over restarts, until `unlisten`. */
  listen(channel: string): Promise<void>;
  unlisten(channel: string): Promise<void>;
  /** Adds one who is told of every notification. */
  onNotification(heard: NotificationListener): void;
  /** Adds one who is told when the listening session, having been lost, listens again: what was said meanwhile nobody has heard. */
  onResumed(resumed: () => void): void;
  close(graceMs: number): Promise<void>;
}

/** What of a run's options concerns the way into the pool. */
export const enterOptions = (options?: RunOptions): EnterOptions | undefined =>
  options?.signal === undefined ? undefined : { signal: options.signal };
