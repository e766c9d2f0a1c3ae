import { PGlite } from '@electric-sql/pglite';

const db = await PGlite.create({
  dataDir: process.env.DATA,
  startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'],
});
Bun.serve({
  port: Number(process.env.PORT),
  fetch: async () => Response.json((await db.query('select 1 as one')).rows),
});
