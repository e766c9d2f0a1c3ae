import { Connection } from '../connection/connection.ts';
import { identifier } from '../quoting.ts';
import { withBackoff } from './backoff.ts';
import type { SocketLink } from './link.ts';

export interface ListenerOptions {
  readonly dial: () => Promise<SocketLink>;
  readonly log: (message: string) => void;
  /** It listens again after it was lost. */
  readonly resumed: () => void;
}

/** Milliseconds between looks at the listening connection: where it is lost, it is opened again and listens again. */
const CHECK_EVERY = 1_000;

/** One connection that only listens, opened with the first channel, and again (with all channels) whenever it is lost. */
export class Listener {
  private readonly channels = new Set<string>();
  private connection: Promise<Connection> | undefined;
  private check: ReturnType<typeof setInterval> | undefined;
  private closed = false;

  constructor(private readonly options: ListenerOptions) {}

  async listen(channel: string): Promise<void> {
    this.channels.add(channel);
    const connection = await this.connected();
    await connection.script(`LISTEN ${identifier(channel)}`);
    this.watch();
  }

  async unlisten(channel: string): Promise<void> {
    this.channels.delete(channel);
    const connection = await this.connection?.catch(() => undefined);
    if (connection === undefined || connection.broken) return;
    await connection.script(`UNLISTEN ${identifier(channel)}`);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.check);
    const connection = await this.connection?.catch(() => undefined);
    await connection?.link.end();
  }

  private watch(): void {
    if (this.check !== undefined) return;
    this.check = setInterval(() => void this.ensure(), CHECK_EVERY);
    this.check.unref();
  }

  private async ensure(): Promise<void> {
    const connection = await this.connection?.catch(() => undefined);
    if (this.closed || connection?.broken === false || this.channels.size === 0) return;
    this.connection = undefined;
    const again = () => {
      this.options.log('listens again for notifications');
      this.options.resumed();
    };
    await this.connected().then(again, () => {});
  }

  private connected(): Promise<Connection> {
    this.connection ??= this.open().catch((error: unknown) => {
      this.connection = undefined;
      throw error;
    });
    return this.connection;
  }

  private open(): Promise<Connection> {
    return withBackoff(() => this.subscribe(), { within: CHECK_EVERY, stopped: () => this.closed });
  }

  private async subscribe(): Promise<Connection> {
    const connection = new Connection(await this.options.dial());
    for (const channel of this.channels) await connection.script(`LISTEN ${identifier(channel)}`);
    return connection;
  }
}
