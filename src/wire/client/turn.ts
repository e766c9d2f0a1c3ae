import { ConnectionError, type Lease } from '../../db/index.ts';
import type { Hub } from '../session/hub.ts';
import type { Session } from '../session/session.ts';
import { type IdleLimits, IdleWatch } from './idle-watch.ts';
import type { Interruption } from './interruption.ts';

export interface TurnOptions {
  /** Milliseconds to wait for it. */
  readonly wait: number;
  /** How long it may be kept without being used. */
  readonly idle: () => IdleLimits;
  /** It was kept longer than that. */
  readonly idleTooLong: () => void;
}

/** The engine's one session, while this client has it. */
export class Turn {
  private lease: Lease | undefined;
  private readonly idle: IdleWatch;

  constructor(
    private readonly hub: Hub,
    private readonly session: Session,
    private readonly interruption: Interruption,
    private readonly options: TurnOptions,
  ) {
    this.idle = new IdleWatch(
      () => hub.driver.stats().waiting > 0,
      (lease) => {
        if (this.lease === lease) options.idleTooLong();
      },
    );
  }

  get held(): Lease | undefined {
    return this.lease;
  }

  get inTransaction(): boolean {
    return this.lease !== undefined && this.lease.state !== 'idle';
  }

  /** Waits for the session, unless the client has it already. */
  async take(): Promise<Lease> {
    if (this.lease !== undefined) return this.lease;
    const lease = await this.hub.enter(this.session, this.options.wait, this.interruption.signal);
    this.lease = lease;
    this.interruption.check();
    this.hub.speaker = this.session.id;
    if (this.session.lostTemporary) throw new ConnectionError('temporary tables are gone', 'restarted');
    return lease;
  }

  /** @param discarded see `ReleaseOptions` */
  async giveBack(discarded = false): Promise<void> {
    const { lease } = this;
    if (lease === undefined) return;
    this.lease = undefined;
    this.idle.stop();
    await this.hub.release(lease, discarded);
  }

  /** The client does nothing with the session now: how long may it? */
  rest(): void {
    if (this.lease !== undefined) this.idle.start(this.lease, this.options.idle());
  }

  /** It does again. */
  work(): void {
    this.idle.stop();
  }
}
