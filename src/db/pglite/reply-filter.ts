import { NOTIFICATION, type Notification, readNotification } from '../protocol/backend.ts';
import { Frames } from '../protocol/frames.ts';
import { Runs } from '../protocol/runs.ts';

/** Passes a raw reply on as it is, but for the notifications in it: those are told apart, for all who listen. */
export class ReplyFilter {
  private readonly frames = new Frames();
  private readonly runs: Runs;

  constructor(
    pass: (bytes: Uint8Array) => void,
    private readonly notified: (notification: Notification) => void,
  ) {
    this.runs = new Runs(pass);
  }

  push(bytes: Uint8Array): void {
    this.frames.push(bytes, (type, buffer, start, end) => {
      if (type === NOTIFICATION) this.notified(readNotification(buffer, start));
      else this.runs.add(buffer, start, end);
    });
    this.runs.flush();
  }
}
