/**
 * The least that an HTTP server over the embedded engine's Worker must do: for every request the same prepared messages, of role and
 * claims (where `ROLE` names one) and the one statement whose text is given, encoded once; its one value passed on. Where a request has
 * a body, that is the value.
 */
import { actorStatement } from '../../../src/db/connection/actor.ts';
import { openPglite } from '../../../src/db/index.ts';
import { DATA_ROW, readRow } from '../../../src/db/protocol/backend.ts';
import { bind, execute, parse, sync } from '../../../src/db/protocol/frontend.ts';
import { Writer } from '../../../src/db/protocol/writer.ts';
import { DATASET } from '../dataset.ts';

const driver = await openPglite();
await driver.script(DATASET, { timeout: 120_000 });
const lease = await driver.lease({ owner: 'raw' });

const main = { text: process.env.SQL ?? '', params: JSON.parse(process.env.PARAMS ?? '[]') };
const role = process.env.ROLE;
const actor =
  role === undefined
    ? undefined
    : actorStatement({ role, settings: { 'request.jwt.claims': JSON.stringify({ role }) } });
const statements = actor === undefined ? [main] : [actor, main];

const writer = new Writer();
for (const [index, { text }] of statements.entries()) parse(writer, `s${index}`, text);
sync(writer);
await lease.exchange(writer.take(), () => {});

function batchOf(values: readonly string[]): Uint8Array<ArrayBuffer> {
  for (const [index, statement] of statements.entries()) {
    bind(writer, `s${index}`, statement === main ? values : (statement.params ?? []));
    execute(writer);
  }
  sync(writer);
  return writer.take().slice();
}
const batch = batchOf(main.params);

const column = Number(process.env.COLUMN);
const status = Number(process.env.STATUS);
const headers = { 'content-type': 'application/json; charset=utf-8' };

async function cell(messages: Uint8Array<ArrayBuffer>): Promise<string | null> {
  let last: readonly (string | null)[] = [];
  await lease.exchange(messages, (type, buffer, start) => {
    if (type === DATA_ROW) last = readRow(buffer, start);
  });
  return last[column] ?? null;
}

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: async (request) => {
    const body = await cell(request.body === null ? batch.slice() : batchOf([await request.text()]));
    return new Response(status === 201 ? null : body, { status, headers });
  },
});
process.stdout.write(`${server.url.href}\n`);
