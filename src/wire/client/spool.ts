import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Messages are put together to blocks of this size: one of a row each would be a round trip each. */
const BLOCK_BYTES = 256 * 1024;
/** Blocks kept in memory before a spool goes on in a file. */
const BLOCKS_IN_MEMORY = 32;

/**
 * Keeps what a client sends for a COPY until it is complete, in bounded memory. So nobody waits for a slow client's data, and
 * a client that leaves halfway has touched nothing.
 */
export class Spool {
  private blocks: Uint8Array<ArrayBuffer>[] = [];
  private block = new Uint8Array(BLOCK_BYTES);
  private filled = 0;
  private file: { readonly folder: string; readonly descriptor: number } | undefined;

  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + BLOCK_BYTES - this.filled);
      this.block.set(part, this.filled);
      this.filled += part.length;
      at += part.length;
      if (this.filled === BLOCK_BYTES) this.endBlock();
    }
  }

  /** All of it, in order; once. */
  *read(): Generator<Uint8Array<ArrayBuffer>> {
    if (this.file !== undefined) yield* readBlocks(this.file.descriptor);
    yield* this.blocks;
    if (this.filled > 0) yield this.block.subarray(0, this.filled);
  }

  dispose(): void {
    this.blocks = [];
    if (this.file === undefined) return;
    closeSync(this.file.descriptor);
    rmSync(this.file.folder, { recursive: true, force: true });
    this.file = undefined;
  }

  private endBlock(): void {
    this.blocks.push(this.block);
    this.block = new Uint8Array(BLOCK_BYTES);
    this.filled = 0;
    if (this.blocks.length > BLOCKS_IN_MEMORY) this.toFile();
  }

  private toFile(): void {
    if (this.file === undefined) {
      const folder = mkdtempSync(join(tmpdir(), 'hutch-copy-'));
      this.file = { folder, descriptor: openSync(join(folder, 'data'), 'w+', 0o600) };
    }
    for (const block of this.blocks) writeFileSync(this.file.descriptor, block);
    this.blocks = [];
  }
}

function* readBlocks(descriptor: number): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; ; ) {
    const buffer = new Uint8Array(BLOCK_BYTES);
    const read = readSync(descriptor, buffer, 0, BLOCK_BYTES, at);
    if (read === 0) return;
    at += read;
    yield buffer.subarray(0, read);
  }
}
