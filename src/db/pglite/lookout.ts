import type { Doorbell } from './doorbell.ts';
import { Moment } from './moment.ts';

/**
 * Looks for the reply to a request for a moment, once in each turn of the event loop: whatever else there is to do is done meanwhile. After that the
 * Worker has to tell of it.
 */
export class Lookout {
  private looking = false;
  private readonly moment = new Moment();

  constructor(
    private readonly doorbell: Doorbell,
    private readonly found: (reply: Uint8Array<ArrayBuffer>) => void,
  ) {}

  start(): void {
    this.moment.begin();
    if (this.looking) return;
    this.looking = true;
    setImmediate(this.look);
  }

  /** The reply has come, this way or the other. */
  end(): void {
    this.moment.came();
  }

  private readonly look = (): void => {
    const reply = this.doorbell.look();
    this.looking = reply === undefined && (!this.moment.over || !this.doorbell.lookAway());
    if (this.looking) setImmediate(this.look);
    if (reply !== undefined) this.found(reply);
  };
}
