import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { READY } from '../protocol/backend.ts';
import { FolderFilesystem, MemoryFilesystem } from './filesystem.ts';
import type { EngineOptions } from './messages.ts';

/** Postgres's shared buffers. Its file cache is in the same process or the system's, so more was not seen to be faster. */
const SHARED_BUFFERS = '16MB';

/**
 * WAL kept for reuse after a checkpoint; the default of 80 MB would fill the data folder (or the memory) with empty segments.
 */
const MIN_WAL_SIZE = '8MB';

/** The status with which PGlite's engine leaves its loop when Postgres has reported an error; all is well then. */
const ERROR_REPORTED = 100;

/** Bytes of a reply's first buffer, and from which size on a reply is passed on in pieces. */
const REPLY_BYTES = 16 * 1024;
const PIECE_BYTES = 512 * 1024;

/** The engine met something that it does not survive; it must be started anew. */
export class EngineDeath extends Error {
  override readonly name = 'EngineDeath';
}

/** One PGlite that answers raw protocol requests, and notices when it has died. */
export interface Engine {
  /** Runs a request to its end. Pieces of a large reply go to `piece`, its end is returned. Throws EngineDeath. */
  request(bytes: Uint8Array, piece: (bytes: Uint8Array<ArrayBuffer>) => void): Uint8Array<ArrayBuffer>;
  /** A shutdown checkpoint, so that the next start need not replay anything. */
  close(): Promise<void>;
}

export async function startEngine(options: EngineOptions): Promise<Engine> {
  const pg = await PGlite.create(pgliteOptions(options));
  return new RunningEngine(pg);
}

function pgliteOptions(options: EngineOptions): PGliteOptions {
  const { dataDir, template } = options;
  if (dataDir === undefined && template === undefined) throw new TypeError('a database in memory needs a template');
  return {
    fs:
      dataDir === undefined
        ? new MemoryFilesystem(template ?? new Uint8Array())
        : new FolderFilesystem(dataDir, options.fsync),
    startParams: startParams(options),
    pgliteWasmModule: options.module,
    fsBundle: undefined,
  };
}

function startParams(options: EngineOptions): string[] {
  const defaults = PGlite.defaultStartParams.filter((param) => !(options.fsync && param === '-F'));
  const settings = [`shared_buffers=${SHARED_BUFFERS}`, `min_wal_size=${MIN_WAL_SIZE}`];
  if (options.fsync) settings.push('fsync=on', 'wal_sync_method=fsync');
  return [...defaults, ...settings.flatMap((setting) => ['-c', setting])];
}

class RunningEngine implements Engine {
  private buffer = new Uint8Array(REPLY_BYTES);
  private filled = 0;
  private piece: (bytes: Uint8Array<ArrayBuffer>) => void = () => {};
  private fatal: unknown;
  private readonly sink = { syncToFs: false, onRawData: (bytes: Uint8Array) => this.collect(bytes) };

  constructor(private readonly pg: PGlite) {
    this.watchLoop();
  }

  request(bytes: Uint8Array, piece: (bytes: Uint8Array<ArrayBuffer>) => void): Uint8Array<ArrayBuffer> {
    this.filled = 0;
    this.piece = piece;
    // The whole reply has come by the time that this returns its promise. What it rejects with shows in the reply's missing end.
    this.pg.execProtocolRawStream(bytes, this.sink).catch(() => {});
    if (this.fatal !== undefined) throw new EngineDeath(describe(this.fatal));
    if (!this.endsReady()) throw new EngineDeath('a reply had no end');
    return this.take();
  }

  close(): Promise<void> {
    return this.pg.close();
  }

  /**
   * PGlite swallows whatever its loop throws. Only one exception is harmless: the way out after an error that Postgres has
   * reported. After any other (a stack overflow, a trap in the engine) later replies are empty or wrong.
   */
  private watchLoop(): void {
    const module = this.pg.Module;
    const loop = module._PostgresMainLoopOnce;
    module._PostgresMainLoopOnce = () => {
      try {
        loop();
      } catch (error) {
        if (!isReported(error)) this.fatal ??= error;
        throw error;
      }
    };
  }

  private collect(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.buffer.set(bytes, this.filled);
    this.filled += bytes.length;
    if (this.filled >= PIECE_BYTES) this.piece(this.take());
  }

  private room(bytes: number): void {
    const wanted = this.filled + bytes;
    if (wanted <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(wanted, this.buffer.length * 2));
    grown.set(this.buffer.subarray(0, this.filled));
    this.buffer = grown;
  }

  private take(): Uint8Array<ArrayBuffer> {
    const taken = this.buffer.slice(0, this.filled);
    this.filled = 0;
    return taken;
  }

  /** ReadyForQuery is six bytes long: its type, a length of 5, and the state. */
  private endsReady(): boolean {
    const at = this.filled - 6;
    return at >= 0 && this.buffer[at] === READY && this.buffer[at + 4] === 5;
  }
}

const isReported = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'status' in error && error.status === ERROR_REPORTED;

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
