import { DatabaseError, type Lease, type RunOptions } from '../../db/index.ts';
import { query } from '../../db/protocol/frontend.ts';
import { CODES } from '../failure.ts';
import type { ClientMessage } from '../protocol/messages.ts';
import { Encoder } from './encode.ts';
import { Reply } from './reply.ts';
import { settle } from './settle.ts';
import type { ClientState } from './state.ts';
import type { Needs, Unit } from './units.ts';

/** Sends a unit to the engine and answers with its reply. Where it wants an advisory lock that another client has, it is sent again. */
export async function exchange(client: ClientState, unit: Unit, needs: Needs): Promise<void> {
  const { hub, output, session, turn, writer } = client;
  const lease = turn.held ?? (await turn.take());
  if (needs.sequences) await hub.forgetSequences(lease);
  const alone = lease.state === 'idle' && unit.end === 'ready' && !client.owed.any;
  writer.clear();
  const owed = payOwed(client);
  client.sentInside = owed > 0 || lease.state !== 'idle';
  const encoder = encoded(client, unit.messages);
  const waits = alone && encoder.traits.some(({ advisory }) => advisory);
  const held: Uint8Array[] = [];
  const pass = (bytes: Uint8Array) => (waits ? held.push(bytes) : output.add(bytes));
  const reply = new Reply(session, encoder, pass, owed);
  await interruptible(client, lease, (options) => lease.exchange(writer.take(), reply.receive, options));
  reply.flush();
  if (waits && reply.heldLock !== undefined && reply.state === 'I') {
    await waitForLock(client, reply.heldLock);
    return exchange(client, unit, needs);
  }
  for (const bytes of held) output.add(bytes);
  await settle(client, lease, encoder.traits, reply);
}

/** Writes what is owed; how many queries that are. */
function payOwed({ hub, owed, writer }: ClientState): number {
  const queries = owed.take();
  for (const text of queries) query(writer, text);
  if (queries.length > 0) hub.unnamed = undefined;
  return queries.length;
}

/** Writes a client's messages as the engine is to have them. */
export function encoded({ hub, session, writer }: ClientState, messages: readonly ClientMessage[]): Encoder {
  const encoder = new Encoder(hub, session, writer);
  for (const message of messages) encoder.add(message);
  return encoder;
}

/** Runs what a cancel request or the client's own `statement_timeout` may end. */
export function interruptible(
  { interruption, output, reporting }: ClientState,
  lease: Lease,
  work: (options?: RunOptions) => Promise<void>,
): Promise<void> {
  return interruption.during(lease, output, reporting.limits.statement, work);
}

async function waitForLock(client: ClientState, key: string): Promise<void> {
  await client.turn.giveBack();
  const { lock } = client.reporting.limits;
  const { signal: interrupted } = client.interruption;
  const limit = lock > 0 ? AbortSignal.timeout(lock) : undefined;
  const signal = limit === undefined ? interrupted : AbortSignal.any([interrupted, limit]);
  try {
    await client.hub.locks.wait(client.session, key, signal);
  } catch (error) {
    if (!limit?.aborted) throw error;
    throw new DatabaseError('canceling statement due to lock timeout', CODES.lockNotAvailable);
  }
}
