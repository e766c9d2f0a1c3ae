import { RedisClient } from 'bun';

/** Milliseconds before it is tried again to hear, and for the connection to open. */
const AGAIN = 1_000;
const CONNECT_TIME = 1_000;

/**
 * Hears a channel until it is ended. A connection that is lost, or was not to be had in the first place, is tried again and again:
 * Bun's client reconnects by itself, but forgets what it was subscribed to.
 */
export class RedisSubscription {
  #client: RedisClient | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(
    private readonly url: string,
    private readonly channel: string,
    private readonly heard: (message: string) => void,
    /** It hears again; what was said meanwhile it has missed. */
    private readonly resumed: () => void,
  ) {}

  /** Resolves after the first attempt, whatever became of it. */
  async start(): Promise<void> {
    await this.#attempt();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#client?.close();
  }

  /** Whether it hears now. */
  async #attempt(): Promise<boolean> {
    const client = new RedisClient(this.url, { autoReconnect: false, connectionTimeout: CONNECT_TIME });
    this.#client = client;
    try {
      await client.connect();
      await client.subscribe(this.channel, this.heard);
      client.onclose = () => this.#later();
      return true;
    } catch {
      client.close();
      this.#later();
      return false;
    }
  }

  #later(): void {
    if (this.#ended) return;
    this.#timer = setTimeout(async () => {
      if (await this.#attempt()) this.resumed();
    }, AGAIN);
    this.#timer.unref();
  }
}
