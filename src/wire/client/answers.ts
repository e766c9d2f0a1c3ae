import type { Output } from '../connection/output.ts';
import { errorResponse, type Failure, readyForQuery, type StateByte } from '../protocol/replies.ts';

/** What the port itself tells a client, beside the replies that it passes on. */
export class Answers {
  private notifications: Uint8Array[] = [];

  constructor(
    private readonly output: Output,
    private readonly busy: () => boolean,
  ) {}

  /** The client may go on: told with the notifications that have waited for this. */
  ready(state: StateByte): void {
    for (const bytes of this.notifications) this.output.add(bytes);
    this.notifications = [];
    this.output.add(readyForQuery(state));
    this.output.flushSoon();
  }

  error(failure: Failure): void {
    this.output.add(errorResponse(failure));
  }

  /** At once to a client that rests, else at the end of its cycle. */
  notify(notification: Uint8Array): void {
    if (this.busy()) {
      this.notifications.push(notification);
      return;
    }
    this.output.add(notification);
    this.output.flush();
  }
}
