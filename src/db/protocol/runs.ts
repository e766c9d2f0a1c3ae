import { HEADER_BYTES } from './frames.ts';

/** Messages that are passed on as they are: those that lie one after another in one buffer go as one piece. */
export class Runs {
  private run: { readonly buffer: Buffer; readonly start: number; end: number } | undefined;

  constructor(private readonly pass: (bytes: Uint8Array) => void) {}

  /** A message by the place of its body, as a `Receive` is told it. */
  add(buffer: Buffer, bodyStart: number, end: number): void {
    const start = bodyStart - HEADER_BYTES;
    if (this.run?.buffer === buffer && this.run.end === start) {
      this.run.end = end;
      return;
    }
    this.flush();
    this.run = { buffer, start, end };
  }

  /** Passes on what was added. */
  flush(): void {
    if (this.run !== undefined) this.pass(this.run.buffer.subarray(this.run.start, this.run.end));
    this.run = undefined;
  }
}
