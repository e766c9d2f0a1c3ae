import type { Lease } from '../../db/index.ts';
import type { Session } from '../session/session.ts';
import type { Traits } from '../sql/traits.ts';
import type { Channels } from './channels.ts';
import type { Reply } from './reply.ts';
import type { ClientState } from './state.ts';

const DISCARDED = /^(?:DISCARD|DEALLOCATE) ALL$/;

/** What has to happen between the engine's answer and the client's next step. */
export async function settle(
  client: ClientState,
  lease: Lease,
  traits: readonly Traits[],
  reply: Reply,
): Promise<void> {
  const { channels, hub, output, reporting, reservation, session } = client;
  const { state } = reply;
  client.sentInside = false;
  if (reply.error === undefined) for (const { listens } of traits) channels.ran(listens);
  reporting.ran(traits);
  if (state === undefined) {
    client.skipping = reply.error !== undefined;
    output.flush();
    return;
  }
  const discarded = DISCARDED.test(reply.lastTag) && reply.error === undefined;
  if (discarded) forget(reply.lastTag, session, channels);
  if (state === 'I') transactionEnded(reply, session, channels);
  if (reporting.due) await reporting.settle(lease, state, reply.lastTag);
  if (state === 'I' && (reservation.holds || traits.length > 0)) await reservation.note(lease, hub, traits);
  // The next client's request is on its way before this one's answer is written.
  const givenBack = state === 'I' && !reservation.holds ? client.turn.giveBack(discarded) : undefined;
  client.answers.ready(state);
  await givenBack;
}

function forget(tag: string, session: Session, channels: Channels): void {
  session.statements.clear();
  session.prepareTexts.clear();
  if (tag === 'DISCARD ALL') channels.unlisten();
}

function transactionEnded(reply: Reply, session: Session, channels: Channels): void {
  channels.ended(reply.error === undefined && reply.lastTag !== 'ROLLBACK');
  session.statements.forgetPortals();
}
