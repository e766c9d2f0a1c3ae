import type { PgliteDriver, Unlisten } from '../../db/index.ts';
import type { ListenCommand } from '../sql/traits.ts';

/** The channels that one client listens to. */
export class Channels {
  private readonly channels = new Map<string, Promise<Unlisten>>();
  /** Of the transaction that runs; they count when it commits. */
  private pending: ListenCommand[] = [];

  constructor(
    private readonly driver: PgliteDriver,
    private readonly heard: (channel: string, payload: string) => void,
  ) {}

  ran(commands: readonly ListenCommand[]): void {
    this.pending.push(...commands);
  }

  /** The transaction is over. */
  ended(committed: boolean): void {
    const commands = this.pending;
    this.pending = [];
    if (!committed) return;
    for (const { command, channel } of commands) {
      if (command === 'listen' && channel !== undefined) this.listen(channel);
      else this.unlisten(channel);
    }
  }

  /** Ends listening to a channel, or to all. */
  unlisten(channel?: string): void {
    const names = channel === undefined ? [...this.channels.keys()] : [channel];
    for (const name of names) {
      const listening = this.channels.get(name);
      this.channels.delete(name);
      // It takes a turn of the session, which may be this client's still. Nobody needs to wait for it.
      listening?.then((stop) => stop()).catch(() => {});
    }
  }

  /** The client's LISTEN has run on the session already; this says who is to be told. */
  private listen(channel: string): void {
    if (this.channels.has(channel)) return;
    const listening = this.driver.listen(channel, (payload, from) => this.heard(from, payload));
    listening.catch(() => this.channels.delete(channel));
    this.channels.set(channel, listening);
  }
}
