import { ConnectionError } from '../driver.ts';
import type { FromStartingWorker, ToWorker } from './messages.ts';

/**
 * The thread that an engine will run in. It loads its code from here on, and lays the data folder where there is none, while the engine is being
 * compiled in other threads and this one goes on.
 */
export class EngineThread {
  readonly worker = new Worker(new URL('./worker.ts', import.meta.url));

  /** As `layTemplate`, in the thread; rejects with the reason where it can't. */
  lay(dataDir: string, archive?: string): Promise<void> {
    const { worker } = this;
    return new Promise((resolve, reject) => {
      const failed = (reason: string) =>
        reject(new ConnectionError(`the data folder could not be made: ${reason}`, 'unreachable'));
      worker.onerror = ({ message }) => failed(message);
      worker.onmessage = ({ data }: MessageEvent<FromStartingWorker>) => {
        if (data.kind === 'laid') resolve();
        else if (data.kind === 'failed') failed(data.reason);
      };
      const message: ToWorker = { kind: 'lay', dataDir, archive };
      worker.postMessage(message);
    });
  }

  end(): void {
    this.worker.terminate();
  }
}
