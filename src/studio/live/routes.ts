import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { LiveEntry } from '../api/shapes.ts';
import type { Live } from './live.ts';

/** Milliseconds in which entries gather before they are sent together. */
const GATHER = 100;
/** Milliseconds between signs of life, so that nothing between here and the page takes the silence for an end. */
const HEARTBEAT = 5_000;

/** The stream of requests and queries (`text/event-stream`), and the slow ones. */
export function liveRoutes(live: Live): Hono {
  return new Hono()
    .get('/stream', (c) =>
      streamSSE(c, async (stream) => {
        const pending: LiveEntry[] = [];
        const stop = live.subscribe((entry) => pending.push(entry));
        stream.onAbort(stop);
        await stream.writeSSE({ event: 'entries', data: JSON.stringify(live.recent()) });
        let silent = 0;
        while (!stream.aborted && !stream.closed && !live.closed) {
          await stream.sleep(GATHER);
          silent = pending.length > 0 ? 0 : silent + GATHER;
          if (pending.length > 0) await stream.writeSSE({ event: 'entries', data: JSON.stringify(pending.splice(0)) });
          else if (silent % HEARTBEAT === 0) await stream.writeSSE({ event: 'alive', data: '' });
        }
        stop();
      }),
    )
    .get('/slow', (c) => c.json(live.slow()))
    .post('/clear', (c) => {
      live.clear();
      return c.body(null, 204);
    });
}
