import { CopyRequest } from './copy-request.ts';
import { Doorkeeper } from './doorbell.ts';
import { type Engine, EngineDeath, startEngine, type TakePiece } from './engine.ts';
import { type FromStartingWorker, type FromWorker, PIECES_LEFT, type SharedMemory, type ToWorker } from './messages.ts';
import { layTemplate } from './template.ts';

/** The Worker's side: one engine, one request after another. The main thread sees to order and limits. */

declare const self: Worker;

const post = (message: FromStartingWorker | FromWorker, transfer: ArrayBuffer[] = []): void =>
  self.postMessage(message, transfer);

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Sends a piece of a reply, once the reader has taken enough of those before it. */
function pieceSender({ control }: SharedMemory): TakePiece {
  return (bytes) => {
    while (Atomics.load(control, PIECES_LEFT) <= 0) Atomics.wait(control, PIECES_LEFT, 0);
    Atomics.sub(control, PIECES_LEFT, 1);
    post({ kind: 'piece', bytes }, [bytes.buffer]);
  };
}

/** Answers what the bell is rung for; returns to the event loop where that is a message, or nothing for long. */
class Service {
  private readonly doorkeeper: Doorkeeper;
  private readonly sendPiece: TakePiece;

  constructor(
    private readonly engine: Engine,
    private readonly shared: SharedMemory,
  ) {
    this.doorkeeper = new Doorkeeper(shared);
    this.sendPiece = pieceSender(shared);
  }

  start(): void {
    self.onmessage = ({ data }: MessageEvent<ToWorker>) => this.hear(data);
    void this.serve();
  }

  private async serve(): Promise<void> {
    for (let request = this.doorkeeper.wait(); request !== undefined; request = this.doorkeeper.wait()) {
      this.request(request);
      await undefined; // promises of the engine's code settle here
    }
  }

  private hear(message: ToWorker): void {
    this.doorkeeper.back();
    if (message.kind === 'close') {
      void this.engine.close().finally(() => post({ kind: 'closed' }));
      return;
    }
    if (message.kind === 'request') this.request(message.bytes);
    else if (message.kind === 'copy') this.copy(message.bytes);
    void this.serve();
  }

  private request(bytes: Uint8Array): void {
    this.answer(() => this.engine.request(bytes, this.sendPiece));
  }

  private copy(bytes: Uint8Array): void {
    const request = new CopyRequest(bytes, this.shared, () => post({ kind: 'more' }));
    this.answer(() => this.engine.copy(request, this.sendPiece));
  }

  private answer(run: () => Uint8Array<ArrayBuffer>): void {
    try {
      const bytes = run();
      if (this.doorkeeper.reply(bytes)) post(bytes.length);
      else post({ kind: 'reply', bytes }, [bytes.buffer]);
    } catch (error) {
      post({ kind: 'died', reason: reasonOf(error), tooDeep: error instanceof EngineDeath && error.tooDeep });
    }
  }
}

async function prepare(message: ToWorker): Promise<void> {
  if (message.kind === 'lay') {
    await layTemplate(message.dataDir, message.archive);
    post({ kind: 'laid' });
  } else if (message.kind === 'open') {
    const engine = await startEngine(message.options);
    post({ kind: 'ready' });
    new Service(engine, message.shared).start();
  }
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  prepare(data).catch((error: unknown) => post({ kind: 'failed', reason: reasonOf(error) }));
};
