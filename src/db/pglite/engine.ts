import { join } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { READY } from '../protocol/backend.ts';
import { engineFolder } from './compiled.ts';
import type { CopyRequest } from './copy-request.ts';
import { extensionUrls } from './extensions.ts';
import { FolderFilesystem, MemoryFilesystem } from './filesystem.ts';
import type { EngineOptions } from './messages.ts';

/**
 * Postgres's shared buffers. All of them are written to at the start, so they are memory held from then on; and what they don't hold the system has cached:
 * reads and writes of a table ten times their size took as long with twice as many.
 */
const SHARED_BUFFERS = '8MB';

/** WAL kept for reuse after a checkpoint; the default of 80 MB would fill the folder (or the memory) with empty segments. */
const MIN_WAL_SIZE = '8MB';

/**
 * How much of Postgres's own stack a recursion may use. The stack that ends first is that of the JavaScript engine, which has a few MB for each
 * thread and takes the more of them the less a function has been optimized. PL/pgSQL needs up to eight times as much of it as of Postgres's: at this
 * limit, with nothing but the first compiler's code, three quarters of it were used.
 */
const MAX_STACK_DEPTH = '400kB';

/** The status with which PGlite's engine leaves its loop when Postgres has reported an error; all is well then. */
const ERROR_REPORTED = 100;

/** Bytes of a reply's first buffer, and from which size on a reply is passed on in pieces. */
const REPLY_BYTES = 16 * 1024;
const PIECE_BYTES = 256 * 1024;

const MESSAGE_HEADER = 5;
const codes = (letters: string): ReadonlySet<number> => new Set(new TextEncoder().encode(letters));

/** Query, FunctionCall and Sync: each has its ReadyForQuery. The data of a COPY belongs to the message before it. */
const CYCLE_ENDS = codes('QFS');
const COPY_MESSAGES = codes('dcf');

/** The engine met something that it does not survive; it must be started anew. */
export class EngineDeath extends Error {
  override readonly name = 'EngineDeath';
  /** A recursion that Postgres did not notice in time. */
  readonly tooDeep: boolean;

  constructor(cause: unknown) {
    super(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause));
    this.tooDeep = cause instanceof RangeError && cause.message.includes('call stack');
  }
}

export type TakePiece = (bytes: Uint8Array<ArrayBuffer>) => void;

/** Starts a PGlite on a data folder, or on a template in memory. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const pg = await PGlite.create({
    fs: filesystemOf(options),
    startParams: startParams(options),
    pgliteWasmModule: options.module,
    fsBundle: sharedFiles(),
    extensions: extensionUrls(options.extensions),
  } satisfies PGliteOptions);
  return new Engine(pg);
}

function filesystemOf({ dataDir, template, fsync }: EngineOptions): FolderFilesystem | MemoryFilesystem {
  if (dataDir !== undefined) return new FolderFilesystem(dataDir, fsync);
  if (template === undefined) throw new TypeError('a database in memory needs a template');
  return new MemoryFilesystem(template);
}

/**
 * The files that every Postgres shares (time zones, dictionaries, extensions), 6 MB, mapped instead of read: few of them are ever looked at, and only those
 * take memory. Privately: an engine that wrote there would write to its own copy.
 */
function sharedFiles(): Blob {
  const files = Bun.mmap(join(engineFolder(), 'pglite.data'), { shared: false });
  // PGlite asks a Blob for nothing else.
  return { arrayBuffer: async () => files.buffer } as unknown as Blob;
}

function startParams(options: EngineOptions): string[] {
  const defaults = PGlite.defaultStartParams.filter((param) => !(options.fsync && param === '-F'));
  const settings = [
    `shared_buffers=${SHARED_BUFFERS}`,
    `min_wal_size=${MIN_WAL_SIZE}`,
    `max_stack_depth=${MAX_STACK_DEPTH}`,
  ];
  if (options.fsync) settings.push('fsync=on', 'wal_sync_method=fsync');
  return [...defaults, ...settings.flatMap((setting) => ['-c', setting])];
}

/** One PGlite that answers raw protocol requests, one after another, and notices when it has died. */
export class Engine {
  private buffer = new Uint8Array(REPLY_BYTES);
  private filled = 0;
  private takePiece: TakePiece = () => {};
  private fatal: unknown;
  private copying: CopyRequest | undefined;
  private readonly sink = { syncToFs: false, onRawData: (bytes: Uint8Array) => this.collect(bytes) };

  constructor(private readonly pg: PGlite) {
    this.watchLoop();
  }

  /** Runs a request to its end. Pieces of a large reply go to `takePiece`, its end is returned. Throws EngineDeath. */
  request(bytes: Uint8Array, takePiece: TakePiece): Uint8Array<ArrayBuffer> {
    this.run(bytes, takePiece);
    if (endsCycle(bytes) && !this.endsReady()) throw new EngineDeath('a reply had no end');
    return this.take();
  }

  /** Runs a `COPY … FROM STDIN` that reads its data while it runs. */
  copy(request: CopyRequest, takePiece: TakePiece): Uint8Array<ArrayBuffer> {
    this.copying = request;
    // PGlite needs no more of an array than a CopyRequest has.
    this.run(request as unknown as Uint8Array, takePiece);
    this.copying = undefined;
    if (!this.endsReady()) throw new EngineDeath('a COPY had no end');
    return this.take();
  }

  /** A shutdown checkpoint, so that the next start need not replay anything. */
  close(): Promise<void> {
    return this.pg.close();
  }

  private run(bytes: Uint8Array, takePiece: TakePiece): void {
    this.filled = 0;
    this.takePiece = takePiece;
    // The whole reply has come by the time that this returns its promise. What it rejects with shows in the reply's missing end.
    this.pg.execProtocolRawStream(bytes, this.sink).catch(() => {});
    if (this.fatal !== undefined) throw new EngineDeath(this.fatal);
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
        this.copying?.stop();
        throw error;
      }
    };
  }

  private collect(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.buffer.set(bytes, this.filled);
    this.filled += bytes.length;
    if (this.filled >= PIECE_BYTES) this.takePiece(this.take());
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

/**
 * The request is one that Postgres answers with ReadyForQuery: a client may also send half a cycle, up to a Flush, and that behind
 * whole ones.
 */
function endsCycle(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let ends = false;
  for (let at = 0; at + MESSAGE_HEADER <= bytes.length; at += 1 + view.getUint32(at + 1)) {
    const type = bytes[at] ?? 0;
    if (!COPY_MESSAGES.has(type)) ends = CYCLE_ENDS.has(type);
  }
  return ends;
}

const isReported = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'status' in error && error.status === ERROR_REPORTED;
