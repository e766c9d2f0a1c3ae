import { DatabaseError, type Lease } from '../../db/index.ts';
import { CODES } from '../failure.ts';
import { type ClientMessage, FLUSH, QUERY, SYNC } from '../protocol/messages.ts';
import { runSql } from '../session/sql.ts';
import type { Backlog } from './backlog.ts';
import { CopyInbox } from './copy-inbox.ts';
import { copyResponse, plainCopyResponse } from './copy-response.ts';
import { encoded, exchange, interruptible } from './exchange.ts';
import { Reply } from './reply.ts';
import { settle } from './settle.ts';
import type { ClientState } from './state.ts';
import { isCopyMessage, type Needs, type Unit } from './units.ts';

/** `COPY … FROM STDIN`: the client's data is collected first, so that nobody waits for it, and then run in one turn. */
export class Copying {
  private readonly inbox = new CopyInbox();
  private expecting = false;

  constructor(
    private readonly client: ClientState,
    private readonly backlog: Backlog,
  ) {}

  /** Takes the message if it is one of a COPY, or one that Postgres passes over while it expects data. */
  takes(message: ClientMessage): boolean {
    if (isCopyMessage(message.type)) {
      this.inbox.add(message);
      return true;
    }
    return this.expecting && isEnd(message);
  }

  async run(unit: Unit, needs: Needs): Promise<void> {
    const [copy = '', ...more] = needs.copies;
    if (more.length > 0)
      throw new DatabaseError('only one COPY FROM STDIN fits in a query here', CODES.featureNotSupported);
    const lease = await this.client.turn.take();
    await runSql(lease, this.client.owed.take()).catch(() => {});
    const response = await this.response(lease, unit, copy);
    if (response === undefined) return exchange(this.client, unit, needs);
    await this.collect(lease, response);
    await this.feed(unit);
  }

  /** Forgets what has come. */
  clear(): void {
    this.inbox.clear();
  }

  private async response(lease: Lease, unit: Unit, copy: string): Promise<Uint8Array | undefined> {
    this.client.hub.unnamed = undefined;
    const [first] = unit.messages;
    const single = first?.type !== QUERY || first.traits.count === 1;
    return single ? copyResponse(lease, copy) : plainCopyResponse();
  }

  private async collect(lease: Lease, response: Uint8Array): Promise<void> {
    const { interruption, output, turn } = this.client;
    this.expecting = true;
    output.add(response);
    output.flush();
    // Others need not wait for the data of a client that is in no transaction.
    if (lease.state === 'idle') await turn.giveBack();
    else turn.rest();
    this.backlog.read();
    try {
      await interruption.unlessAborted(this.inbox.complete);
    } finally {
      turn.work();
      this.expecting = false;
    }
  }

  /** Runs the COPY with its data. A Sync that came before the data does not count; another follows it. */
  private async feed(unit: Unit): Promise<void> {
    const { client, inbox } = this;
    const lease = await client.turn.take();
    client.writer.clear();
    const encoder = encoded(
      client,
      unit.messages.filter((message) => !isEnd(message)),
    );
    const reply = new Reply(client.session, encoder, (bytes) => client.output.add(bytes));
    reply.copyResponsesSent = 1;
    try {
      await interruptible(client, lease, (options) =>
        lease.copyIn(client.writer.take(), inbox.messages(), reply.receive, options),
      );
      reply.flush();
    } finally {
      inbox.clear();
    }
    await settle(client, lease, encoder.traits, reply);
  }
}

const isEnd = ({ type }: ClientMessage): boolean => type === SYNC || type === FLUSH;
