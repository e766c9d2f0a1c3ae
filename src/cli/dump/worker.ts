import type { PGlite } from '@electric-sql/pglite';
import { pgDump } from '@electric-sql/pglite-tools/pg_dump';
import { ANSWERED, ASKED, type Bridge, type FromDump, LENGTH, STATE, type ToDump } from './bridge.ts';

/** Runs pg_dump, which expects a PGlite beside it, against a server elsewhere. */

declare const self: Worker;

const post = (message: FromDump): void => self.postMessage(message);

function exchange({ control, reply }: Bridge, bytes: Uint8Array): Uint8Array {
  Atomics.store(control, STATE, ASKED);
  post({ kind: 'request', bytes: bytes.slice() });
  Atomics.wait(control, STATE, ASKED);
  if (Atomics.load(control, STATE) !== ANSWERED) throw new Error('the server has ended the connection');
  return new Uint8Array(new Uint8Array(reply, 0, Atomics.load(control, LENGTH)));
}

/** What pg_dump's wrapper uses of a PGlite. The session is the dump's own, so there is no search_path to put back. */
function standIn(bridge: Bridge) {
  return {
    query: async () => ({ rows: [{ search_path: 'pg_catalog' }] }),
    exec: async () => [],
    execProtocolRawStream: async (bytes: Uint8Array, { onRawData }: { onRawData: (bytes: Uint8Array) => void }) =>
      onRawData(exchange(bridge, bytes)),
  };
}

async function dump({ bridge, args }: ToDump): Promise<Uint8Array> {
  // The stand-in has the three methods that the wrapper calls, not PGlite's private parts.
  const pg = standIn(bridge) as unknown as PGlite;
  return (await pgDump({ pg, args: [...args] })).bytes();
}

self.onmessage = ({ data }: MessageEvent<ToDump>) => {
  dump(data).then(
    (dumped) => post({ kind: 'done', dump: dumped }),
    (error: unknown) => post({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) }),
  );
};
