import { canceled } from '../canceled.ts';
import { deadline } from '../deadline.ts';
import { ConnectionError } from '../driver.ts';

export interface EnterOptions {
  /** Aborting gives up the place in the queue. */
  readonly signal?: AbortSignal;
  /** Milliseconds to wait at most; 0: without end; absent: the gate's own. */
  readonly wait?: number;
  /** Callers with one key queue among themselves; keys take turns. Absent: one key shared by all who give none. */
  readonly owner?: unknown;
}

interface Waiting {
  readonly enter: () => void;
  readonly owner: unknown;
}

/**
 * Lets a number of callers in at a time, in the order in which they came. Owners (a psql, the HTTP server) take turns, so that one with a
 * long queue does not keep out the others.
 */
export class Gate {
  private inside = 0;
  private gaveUp = 0;
  /** Owners with somebody waiting, the next to be served first. */
  private readonly queues = new Map<unknown, Waiting[]>();

  constructor(
    readonly size: number,
    private readonly defaultWait: number,
    private readonly full = 'no database connection became free in time',
  ) {}

  get busy(): number {
    return this.inside;
  }

  /** Callers whose time was up before it was their turn. */
  get timeouts(): number {
    return this.gaveUp;
  }

  get waiting(): number {
    let count = 0;
    for (const queue of this.queues.values()) count += queue.length;
    return count;
  }

  /** Undefined where there is room at once. Whoever was let in must `leave`. */
  enter(options: EnterOptions = {}): Promise<void> | undefined {
    if (options.signal?.aborted) return Promise.reject(canceled('signal'));
    if (this.inside < this.size && this.queues.size === 0) {
      this.inside++;
      return undefined;
    }
    return this.queueUp(options);
  }

  leave(): void {
    const next = this.takeNext();
    if (next === undefined) this.inside--;
    else next.enter();
  }

  private queueUp(options: EnterOptions): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const wait = options.wait ?? this.defaultWait;
      const giveUp = (error: Error) => {
        this.remove(waiting);
        settled();
        reject(error);
      };
      const late = () => {
        this.gaveUp++;
        giveUp(new ConnectionError(this.full, 'pool_timeout'));
      };
      const lift = wait > 0 ? deadline(wait, late) : undefined;
      const aborted = () => giveUp(canceled('signal'));
      const settled = () => {
        lift?.();
        options.signal?.removeEventListener('abort', aborted);
      };
      const enter = () => {
        settled();
        resolve();
      };
      const waiting: Waiting = { owner: options.owner, enter };
      options.signal?.addEventListener('abort', aborted, { once: true });
      this.add(waiting);
    });
  }

  private add(waiting: Waiting): void {
    const queue = this.queues.get(waiting.owner);
    if (queue === undefined) this.queues.set(waiting.owner, [waiting]);
    else queue.push(waiting);
  }

  private remove(waiting: Waiting): void {
    const queue = this.queues.get(waiting.owner);
    const at = queue?.indexOf(waiting) ?? -1;
    if (queue === undefined || at < 0) return;
    queue.splice(at, 1);
    if (queue.length === 0) this.queues.delete(waiting.owner);
  }

  private takeNext(): Waiting | undefined {
    const first = this.queues.entries().next().value;
    if (first === undefined) return undefined;
    const [owner, queue] = first;
    const next = queue.shift();
    this.queues.delete(owner);
    if (queue.length > 0) this.queues.set(owner, queue);
    return next;
  }
}
