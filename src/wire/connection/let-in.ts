import { Client } from '../client/client.ts';
import type { ClientOptions } from '../client/state.ts';
import { authenticationOk } from '../protocol/replies.ts';
import type { Hub } from '../session/hub.ts';
import { Session } from '../session/session.ts';
import { type Admission, admit } from './admission.ts';
import type { Flow, Output } from './output.ts';
import type { StartupPacket } from './startup.ts';

export interface Place {
  readonly hub: Hub;
  readonly input: Flow;
  readonly options: ClientOptions;
  readonly output: Output;
  /** The client has ended by itself. */
  readonly left: () => void;
}

/** The client of a startup packet, with a session that begins as the packet says. Rejects where it may not come in. */
export async function clientOf(packet: StartupPacket, id: number, place: Place): Promise<Client> {
  const { hub, input, left, options, output } = place;
  const { user, settings } = await admitted(hub, packet.parameters);
  const session = new Session(id, user, settings);
  output.add(authenticationOk());
  hub.sessions.add(session);
  return new Client(hub, session, output, options, input, left);
}

async function admitted(hub: Hub, parameters: ReadonlyMap<string, string>): Promise<Admission> {
  const lease = await hub.visit();
  try {
    return await admit(lease, parameters);
  } finally {
    await hub.endVisit(lease);
  }
}
