import type { Socket } from 'bun';
import { deadline } from '../../db/deadline.ts';
import { Frames, HEADER_BYTES, type Receive } from '../../db/protocol/frames.ts';
import type { Client } from '../client/client.ts';
import type { ClientOptions } from '../client/state.ts';
import { failureOf } from '../failure.ts';
import { type ClientMessage, PASSWORD, readMessage, TERMINATE } from '../protocol/messages.ts';
import { backendKey, errorResponse, type Failure, negotiateVersion, readyForQuery } from '../protocol/replies.ts';
import type { Hub } from '../session/hub.ts';
import { clientOf } from './let-in.ts';
import { type Flow, Output } from './output.ts';
import { PasswordCheck } from './password-check.ts';
import {
  invalidMessage,
  noReplication,
  serverStops,
  tooMany,
  tooSlow,
  unsupportedProtocol,
  wrongPassword,
} from './refusals.ts';
import { type FirstPacket, FirstPackets, type StartupPacket } from './startup.ts';

export interface ConnectionOptions extends ClientOptions {
  /** Clients must know it; absent: whoever can connect is let in. */
  readonly password?: string;
  /** Milliseconds that a client has to say who it is. */
  readonly authentication: number;
}

/** What all connections share. */
export interface Registry {
  /** A number for a new client, or undefined where there are too many. */
  admit(connection: Connection): number | undefined;
  leave(connection: Connection): void;
  cancel(pid: number, key: number): void;
}

/** Postgres's own limit on a message. */
const MOST_MESSAGE_BYTES = 0x3fffffff;
/** And on one of somebody who has not shown yet that he knows the password (PG_MAX_AUTH_TOKEN_LENGTH). */
const MOST_STRANGERS_BYTES = 0xffff;

/** One TCP connection: startup, authentication, then a client's messages. */
export class Connection {
  readonly key = crypto.getRandomValues(new Int32Array(1))[0] ?? 0;
  id = 0;
  client: Client | undefined;
  private readonly output: Output;
  private readonly first = new FirstPackets();
  private readonly frames = new Frames();
  private startup: StartupPacket | undefined;
  private check: PasswordCheck | undefined;
  private closed = false;
  /** Who it is, is not waited for any longer. */
  private readonly endWait: () => void;
  /** What a client sends before it is let in: some send their first query right behind the startup. Undefined once it is in. */
  private early: ClientMessage[] | undefined = [];
  /** Lets the client's own TCP hold it back. */
  private readonly input: Flow = {
    pause: () => this.socket.pause(),
    resume: () => this.socket.resume(),
  };

  constructor(
    private readonly socket: Socket<unknown>,
    private readonly hub: Hub,
    private readonly registry: Registry,
    private readonly options: ConnectionOptions,
  ) {
    this.output = new Output(socket);
    this.endWait = deadline(options.authentication, () => this.refuse(tooSlow()));
  }

  receive(chunk: Buffer): void {
    if (this.closed) return;
    try {
      if (this.startup === undefined) this.beforeStartup(chunk);
      else this.cut(chunk);
    } catch {
      this.refuse(invalidMessage());
    }
  }

  drain(): void {
    this.output.drain();
  }

  /** The socket is closed. */
  async gone(): Promise<void> {
    if (this.closed && this.client === undefined) return;
    this.closed = true;
    this.endWait();
    this.output.abandon();
    this.registry.leave(this);
    await this.client?.end();
  }

  /** The server stops. */
  shutDown(): void {
    if (this.client === undefined) this.refuse(serverStops());
    else this.client.fatal(serverStops());
  }

  private beforeStartup(chunk: Buffer): void {
    this.first.add(chunk);
    while (this.startup === undefined && !this.closed) {
      const packet = this.first.take();
      if (packet === undefined) return;
      this.take(packet);
    }
    if (!this.closed && this.first.rest.length > 0) this.cut(this.first.rest);
  }

  private take(packet: FirstPacket): void {
    switch (packet.kind) {
      case 'encryption':
        this.socket.write('N');
        return;
      case 'cancel':
        this.registry.cancel(packet.pid, packet.key);
        this.hangUp();
        return;
      case 'unsupported':
        this.refuse(unsupportedProtocol(packet.version));
        return;
      case 'startup':
        this.begin(packet);
    }
  }

  private begin(packet: StartupPacket): void {
    this.startup = packet;
    const unknown = [...packet.parameters.keys()].filter((name) => name.startsWith('_pq_.'));
    if (packet.minor > 0 || unknown.length > 0) this.output.add(negotiateVersion(unknown));
    if (asksForReplication(packet)) this.refuse(noReplication());
    else if (this.options.password === undefined) void this.letIn(packet);
    else this.askPassword(this.options.password);
  }

  private askPassword(password: string): void {
    this.check = new PasswordCheck(password);
    this.output.add(this.check.request());
    this.output.flush();
  }

  private cut(chunk: Buffer): void {
    this.frames.push(chunk, this.takeMessage);
    if (this.frames.awaited > this.mostBytes) throw new RangeError('message too long');
  }

  private get mostBytes(): number {
    return this.check === undefined ? MOST_MESSAGE_BYTES : MOST_STRANGERS_BYTES;
  }

  /** The memory of what a socket gave is its receiver's, so messages are not copied. */
  private readonly takeMessage: Receive = (type, buffer, start, end) => {
    if (end < start || end - start > this.mostBytes) throw new RangeError('invalid length of message');
    if (type === TERMINATE) this.hangUp();
    else if (type === PASSWORD) this.password(buffer.subarray(start, end));
    else if (this.check !== undefined) throw new RangeError('a password is expected');
    else this.message(readMessage(type, buffer, start - HEADER_BYTES, end));
  };

  private message(message: ClientMessage): void {
    if (this.early === undefined) this.client?.receive(message);
    else if (this.early.push(message) === 1) this.input.pause();
  }

  private password(body: Buffer): void {
    const { check, startup } = this;
    if (check === undefined || startup === undefined) return;
    const answer = check.answer(body);
    if (answer === undefined) {
      this.refuse(wrongPassword(startup.parameters.get('user') ?? ''));
      return;
    }
    this.output.add(answer.reply);
    this.output.flush();
    if (!answer.passed) return;
    this.check = undefined;
    void this.letIn(startup);
  }

  private async letIn(packet: StartupPacket): Promise<void> {
    this.endWait();
    try {
      const id = this.registry.admit(this);
      if (id === undefined) {
        this.refuse(tooMany());
        return;
      }
      this.id = id;
      const client = await this.open(packet);
      if (this.closed) await client.end();
      else this.welcome();
    } catch (error) {
      await this.client?.end();
      this.refuse(failureOf(error, 'FATAL'));
    }
  }

  private async open(packet: StartupPacket): Promise<Client> {
    const { hub, input, options, output } = this;
    const left = () => this.registry.leave(this);
    this.client = await clientOf(packet, this.id, { hub, input, options, output, left });
    await this.client.start();
    return this.client;
  }

  private welcome(): void {
    this.output.add(backendKey(this.id, this.key));
    this.output.add(readyForQuery('I'));
    this.output.flush();
    const early = this.early ?? [];
    this.early = undefined;
    for (const message of early) this.message(message);
    if (early.length > 0) this.input.resume();
  }

  private refuse(failure: Failure): void {
    if (this.closed) return;
    this.output.add(errorResponse({ ...failure, severity: 'FATAL' }));
    this.hangUp();
  }

  private hangUp(): void {
    void this.output.end();
    void this.gone();
  }
}

function asksForReplication({ parameters }: StartupPacket): boolean {
  return !/^(?:false|off|no|0)$/.test(parameters.get('replication') ?? 'no');
}
