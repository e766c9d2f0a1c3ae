import { startEngine } from './engine.ts';
import type { EngineOptions, FromWorker, ToWorker } from './messages.ts';

/** The Worker's side: one engine, one request after another. The main thread sees to order and limits. */

declare const self: Worker;

const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => self.postMessage(message, transfer);

const piece = (bytes: Uint8Array<ArrayBuffer>): void => post({ kind: 'piece', bytes }, [bytes.buffer]);

async function open(options: EngineOptions): Promise<void> {
  const engine = await startEngine(options);
  self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    if (data.kind === 'close') void engine.close().finally(() => post({ kind: 'closed' }));
    else if (data.kind === 'request') answer(() => engine.request(data.bytes, piece));
  };
  post({ kind: 'ready' });
}

function answer(request: () => Uint8Array<ArrayBuffer>): void {
  try {
    const bytes = request();
    post({ kind: 'reply', bytes }, [bytes.buffer]);
  } catch (error) {
    post({ kind: 'died', reason: reasonOf(error) });
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind !== 'open') return;
  open(data.options).catch((error: unknown) => post({ kind: 'failed', reason: reasonOf(error) }));
};
