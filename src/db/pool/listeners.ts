import type { Unlisten } from '../driver.ts';
import type { Notification } from '../protocol/backend.ts';
import type { Pool } from './pool.ts';

interface Listener {
  readonly heard: (payload: string, channel: string) => void;
  readonly resumed: (() => void) | undefined;
}

/** Who listens to which channel; the pool's session listens once for all of them. */
export class Listeners {
  private readonly channels = new Map<string, Set<Listener>>();

  constructor(private readonly pool: Pool) {
    pool.onNotification((notification) => this.tell(notification));
    pool.onResumed(() => this.resume());
  }

  async listen(channel: string, heard: Listener['heard'], resumed?: () => void): Promise<Unlisten> {
    const listener: Listener = { heard, resumed };
    const listeners = this.channels.get(channel) ?? new Set<Listener>();
    listeners.add(listener);
    this.channels.set(channel, listeners);
    if (listeners.size === 1) await this.subscribe(channel, listeners, listener);
    return () => this.unlisten(channel, listener);
  }

  private async subscribe(channel: string, listeners: Set<Listener>, listener: Listener): Promise<void> {
    try {
      await this.pool.listen(channel);
    } catch (error) {
      listeners.delete(listener);
      if (listeners.size === 0) this.channels.delete(channel);
      throw error;
    }
  }

  private async unlisten(channel: string, listener: Listener): Promise<void> {
    const listeners = this.channels.get(channel);
    if (!listeners?.delete(listener) || listeners.size > 0) return;
    this.channels.delete(channel);
    await this.pool.unlisten(channel);
  }

  private tell({ channel, payload }: Notification): void {
    for (const { heard } of this.channels.get(channel) ?? []) heard(payload, channel);
  }

  private resume(): void {
    for (const listeners of this.channels.values()) for (const { resumed } of listeners) resumed?.();
  }
}
