import { CopyRequest } from './copy-request.ts';
import { type Engine, startEngine } from './engine.ts';
import { type FromWorker, PIECES_LEFT, type SharedMemory, type ToWorker } from './messages.ts';
import { layTemplate } from './template.ts';

/** The Worker's side: one engine, one request after another. The main thread sees to order and limits. */

declare const self: Worker;

const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => self.postMessage(message, transfer);

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Sends a piece of a reply, once the reader has taken enough of those before it. */
function pieceSender({ control }: SharedMemory): (bytes: Uint8Array<ArrayBuffer>) => void {
  return (bytes) => {
    while (Atomics.load(control, PIECES_LEFT) <= 0) Atomics.wait(control, PIECES_LEFT, 0);
    Atomics.sub(control, PIECES_LEFT, 1);
    post({ kind: 'piece', bytes }, [bytes.buffer]);
  };
}

function serve(engine: Engine, shared: SharedMemory): void {
  const sendPiece = pieceSender(shared);
  const askForMore = () => post({ kind: 'more' });
  self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    if (data.kind === 'request') answer(() => engine.request(data.bytes, sendPiece));
    else if (data.kind === 'copy')
      answer(() => engine.copy(new CopyRequest(data.bytes, shared, askForMore), sendPiece));
    else if (data.kind === 'close') void engine.close().finally(() => post({ kind: 'closed' }));
  };
}

function answer(request: () => Uint8Array<ArrayBuffer>): void {
  try {
    const bytes = request();
    post({ kind: 'reply', bytes }, [bytes.buffer]);
  } catch (error) {
    post({ kind: 'died', reason: reasonOf(error) });
  }
}

async function prepare(message: ToWorker): Promise<void> {
  if (message.kind === 'lay') {
    await layTemplate(message.dataDir, message.archive);
    post({ kind: 'laid' });
  } else if (message.kind === 'open') {
    serve(await startEngine(message.options), message.shared);
    post({ kind: 'ready' });
  }
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  prepare(data).catch((error: unknown) => post({ kind: 'failed', reason: reasonOf(error) }));
};
