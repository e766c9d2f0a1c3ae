import { NOTIFICATION, type Notification, readNotification } from '../protocol/backend.ts';
import { Frames, HEADER_BYTES } from '../protocol/frames.ts';

/** Passes a raw reply on as it is, but for the notifications in it: those are told apart, for all who listen. */
export class ReplyFilter {
  private readonly frames = new Frames();
  /** Messages that lie one after another in one buffer, and can go as one piece. */
  private run: { readonly buffer: Buffer; readonly start: number; end: number } | undefined;

  constructor(
    private readonly pass: (bytes: Uint8Array) => void,
    private readonly notified: (notification: Notification) => void,
  ) {}

  push(bytes: Uint8Array): void {
    this.frames.push(bytes, (type, buffer, start, end) => {
      if (type === NOTIFICATION) this.notified(readNotification(buffer, start));
      else this.add(buffer, start - HEADER_BYTES, end);
    });
    this.flush();
  }

  private add(buffer: Buffer, start: number, end: number): void {
    if (this.run?.buffer === buffer && this.run.end === start) {
      this.run.end = end;
      return;
    }
    this.flush();
    this.run = { buffer, start, end };
  }

  private flush(): void {
    if (this.run !== undefined) this.pass(this.run.buffer.subarray(this.run.start, this.run.end));
    this.run = undefined;
  }
}
