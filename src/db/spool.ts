import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Pieces are put together to blocks of this size: one of a row each would be a round trip each. */
const BLOCK_BYTES = 256 * 1024;
/** Bytes kept in memory before a spool goes on in files. */
const MOST_IN_MEMORY = 8 * 1024 * 1024;
/** Bytes of a file, which is given back once it is read. */
const FILE_BYTES = 64 * 1024 * 1024;
/** Bytes that wait in a spool when it is full. */
const MOST_SPOOLED = 1024 * 1024 * 1024;
/** Bytes that all spools together may have on disk, before those that do not fit in memory count as full. */
const MOST_ON_DISK = 4 * 1024 * 1024 * 1024;

/** What spools share. */
export class SpoolDisk {
  used = 0;

  constructor(readonly most = MOST_ON_DISK) {}
}

const DISK = new SpoolDisk();

/**
 * Bytes between one who gives them and one who takes them, so that neither has to wait for the other: the engine for a slow reader, or a
 * transaction for a slow writer. In bounded memory; what is more goes to temporary files.
 */
export class Spool {
  private blocks: Uint8Array<ArrayBuffer>[] = [];
  /** Blocks whose bytes are on disk, to be filled again: new ones would be garbage of a body's size. */
  private spare: Uint8Array<ArrayBuffer>[] = [];
  /** Room for what comes next, and how much of it is taken. */
  private block = new Uint8Array();
  private filled = 0;
  private inMemory = 0;
  private onDisk = 0;
  /** What came before all that is in memory. */
  private readonly files: SpoolFile[] = [];
  private failure: { readonly error: unknown } | undefined;
  private over = false;
  private gone = false;
  private news: PromiseWithResolvers<void> | undefined;
  private freed: PromiseWithResolvers<void> | undefined;
  private readonly settling = Promise.withResolvers<void>();

  /** `most`: bytes with which it is full. Without end, it throws where its file system takes no more; else it counts as full then. */
  constructor(
    private most = MOST_SPOOLED,
    private readonly disk = DISK,
  ) {}

  /** Whoever gives should wait for `room`. */
  get full(): boolean {
    const waiting = this.inMemory + this.onDisk;
    return waiting >= this.most || (waiting >= MOST_IN_MEMORY && this.disk.used >= this.disk.most);
  }

  /** Nobody takes anything any more. */
  get disposed(): boolean {
    return this.gone;
  }

  /** Resolves once nothing more comes, or nothing more fits in. */
  get settled(): Promise<void> {
    return this.settling.promise;
  }

  add(bytes: Uint8Array): void {
    if (this.gone) return;
    for (let at = 0; at < bytes.length; ) {
      if (this.filled === this.block.length) this.nextBlock();
      const part = bytes.subarray(at, at + this.block.length - this.filled);
      this.block.set(part, this.filled);
      this.filled += part.length;
      this.inMemory += part.length;
      at += part.length;
    }
    if (this.full) this.settling.resolve();
    this.tell();
  }

  /** Nothing more will come. */
  end(): void {
    this.over = true;
    this.settling.resolve();
    this.tell();
  }

  /** The same, for a reason that is told behind what has come. */
  fail(error: unknown): void {
    this.failure ??= { error };
    this.end();
  }

  /** Resolves once it is not full. */
  async room(): Promise<void> {
    while (this.full && !this.gone) {
      this.freed ??= Promise.withResolvers();
      await this.freed.promise;
    }
  }

  /** All that comes, in order, up to the end; once. Throws what it failed with. */
  async *read(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for (;;) {
      const bytes = this.take();
      if (bytes !== undefined) {
        yield bytes;
      } else if (this.over) {
        if (this.failure !== undefined) throw this.failure.error;
        return;
      } else {
        this.news ??= Promise.withResolvers();
        await this.news.promise;
      }
    }
  }

  /** Forgets what is left; whoever waits goes on. */
  dispose(): void {
    this.gone = true;
    for (const file of this.files.splice(0)) file.close();
    this.blocks = [];
    this.spare = [];
    this.block = new Uint8Array();
    this.filled = this.inMemory = 0;
    this.count(-this.onDisk);
    this.free();
    this.end();
  }

  private tell(): void {
    this.news?.resolve();
    this.news = undefined;
  }

  private free(): void {
    this.freed?.resolve();
    this.freed = undefined;
  }

  private take(): Uint8Array<ArrayBuffer> | undefined {
    const bytes = this.files.length > 0 ? this.takeFromFile() : this.takeFromMemory();
    if (!this.full) this.free();
    return bytes;
  }

  private takeFromFile(): Uint8Array<ArrayBuffer> | undefined {
    const [file] = this.files;
    const bytes = file?.read();
    this.count(-(bytes?.length ?? 0));
    if (file?.empty) {
      file.close();
      this.files.shift();
    }
    return bytes;
  }

  private takeFromMemory(): Uint8Array<ArrayBuffer> | undefined {
    const bytes = this.blocks.shift() ?? this.takeFilled();
    this.inMemory -= bytes?.length ?? 0;
    return bytes;
  }

  /** What there is of the block that is being filled; the rest of it is filled next. */
  private takeFilled(): Uint8Array<ArrayBuffer> | undefined {
    if (this.filled === 0) return undefined;
    const bytes = this.block.subarray(0, this.filled);
    this.block = this.block.subarray(this.filled);
    this.filled = 0;
    return bytes;
  }

  private nextBlock(): void {
    if (this.filled > 0) this.blocks.push(this.block);
    this.block = this.spare.pop() ?? new Uint8Array(BLOCK_BYTES);
    this.filled = 0;
    if (this.inMemory > MOST_IN_MEMORY && this.most > MOST_IN_MEMORY) this.toFiles();
  }

  private toFiles(): void {
    try {
      for (let block = this.blocks[0]; block !== undefined; block = this.blocks[0]) {
        this.file().write(block);
        this.blocks.shift();
        this.inMemory -= block.length;
        this.count(block.length);
        // A shorter one is the rest of a block of which somebody has the beginning.
        if (block.length === BLOCK_BYTES) this.spare.push(block);
      }
    } catch (error) {
      if (this.most === Number.POSITIVE_INFINITY) throw error;
      this.most = MOST_IN_MEMORY;
    }
  }

  private count(bytes: number): void {
    this.onDisk += bytes;
    this.disk.used += bytes;
  }

  private file(): SpoolFile {
    const last = this.files.at(-1);
    if (last !== undefined && !last.full) return last;
    const next = new SpoolFile();
    this.files.push(next);
    return next;
  }
}

/** Gives a spool what a source yields, up to its end, its error, or until the spool is disposed of. */
export async function fill(spool: Spool, source: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const piece of source) {
      spool.add(piece);
      if (spool.full) await spool.room();
      if (spool.disposed) return;
    }
    spool.end();
  } catch (error) {
    spool.fail(error);
  }
}

/** What a source yields, which is read as fast as it can give it, and ended where its reader leaves. */
export async function* spooled(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const spool = new Spool();
  const filling = fill(spool, source);
  try {
    yield* spool.read();
  } finally {
    spool.dispose();
    await filling;
  }
}

/** A file without a name: however this process ends, nothing of it is left. */
class SpoolFile {
  private readonly descriptor = openNameless();
  private written = 0;
  private taken = 0;

  get full(): boolean {
    return this.written >= FILE_BYTES;
  }

  get empty(): boolean {
    return this.taken === this.written;
  }

  write(block: Uint8Array): void {
    for (let at = 0; at < block.length; ) {
      at += writeSync(this.descriptor, block, at, block.length - at, this.written + at);
    }
    this.written += block.length;
  }

  read(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(Math.min(BLOCK_BYTES, this.written - this.taken));
    const count = readSync(this.descriptor, bytes, 0, bytes.length, this.taken);
    this.taken += count;
    return bytes.subarray(0, count);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

function openNameless(): number {
  const folder = mkdtempSync(join(tmpdir(), 'hutch-spool-'));
  try {
    return openSync(join(folder, 'data'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
