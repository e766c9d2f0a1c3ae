import { deadline } from '../../db/deadline.ts';
import type { Lease } from '../../db/index.ts';

const CHECK = 250;

export interface IdleLimits {
  /** Milliseconds that the client set itself; 0: none. */
  readonly own: number;
  /** Milliseconds after which it is ended where others wait. */
  readonly shared: number;
}

/** Looks whether a client keeps the session without using it. */
export class IdleWatch {
  private lift: (() => void) | undefined;

  constructor(
    private readonly othersWait: () => boolean,
    private readonly ended: (lease: Lease) => void,
  ) {}

  start(lease: Lease, { own, shared }: IdleLimits): void {
    this.stop();
    const since = performance.now();
    const look = () => {
      const idle = performance.now() - since;
      if ((own > 0 && idle >= own) || (idle >= shared && this.othersWait())) this.ended(lease);
      else this.lift = deadline(CHECK, look);
    };
    this.lift = deadline(CHECK, look);
  }

  stop(): void {
    this.lift?.();
    this.lift = undefined;
  }
}
