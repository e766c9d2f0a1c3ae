import { ConnectionError } from '../../db/index.ts';
import { bind, execute, parse, sync } from '../../db/protocol/frontend.ts';
import type { ClientState } from './state.ts';

/** The client is gone: undoes what it has open, and takes away what it has left. */
export async function leave(client: ClientState): Promise<void> {
  client.channels.unlisten();
  try {
    await endHalfCycle(client);
    await client.turn.giveBack();
    await client.hub.remove(client.session);
  } catch (error) {
    if (error instanceof ConnectionError) return;
    client.options.log(`the Postgres port could not clean up after a client: ${String(error)}`);
  }
}

/** A client that left between Flush and Sync: the engine waits for the Sync, which would commit what nobody asked to commit. */
async function endHalfCycle({ hub, turn, writer }: ClientState): Promise<void> {
  if (turn.held === undefined) return;
  writer.clear();
  parse(writer, '', 'ROLLBACK');
  bind(writer, '', []);
  execute(writer);
  sync(writer);
  hub.unnamed = undefined;
  await turn.held.exchange(writer.take(), () => {});
}
