import type { Socket } from 'bun';
import type { Lease } from '../db/index.ts';
import { Frames, HEADER_BYTES } from '../db/protocol/frames.ts';
import { admit } from './admission.ts';
import { Client, type ClientOptions } from './client.ts';
import { CODES, failureOf } from './failure.ts';
import type { Hub } from './hub.ts';
import { type Flow, Output } from './output.ts';
import { PASSWORD, TERMINATE } from './protocol/messages.ts';
import {
  authenticationOk,
  authenticationSasl,
  authenticationSaslContinue,
  authenticationSaslFinal,
  backendKey,
  errorResponse,
  type Failure,
  negotiateVersion,
  readyForQuery,
} from './protocol/replies.ts';
import { MECHANISM, ScramServer } from './protocol/scram.ts';
import { type FirstPacket, MAX_STARTUP_BYTES, readFirstPacket, startupLength } from './protocol/startup.ts';
import { Session } from './session/session.ts';

export interface ConnectionOptions extends ClientOptions {
  /** Clients must know it; absent: whoever can connect is let in. */
  readonly password?: string;
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

/** One TCP connection: startup, authentication, then a client's messages. */
export class Connection {
  readonly key = crypto.getRandomValues(new Int32Array(1))[0] ?? 0;
  id = 0;
  client: Client | undefined;
  private readonly output: Output;
  private first: Buffer | undefined = Buffer.alloc(0);
  private readonly frames = new Frames();
  private startup: Extract<FirstPacket, { kind: 'startup' }> | undefined;
  private scram: ScramServer | undefined;
  private scramStep = 0;
  private closed = false;
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
  }

  receive(chunk: Buffer): void {
    if (this.closed) return;
    try {
      if (this.first === undefined) this.cut(chunk);
      else this.beforeStartup(Buffer.concat([this.first, chunk]));
    } catch {
      this.refuse({ severity: 'FATAL', code: CODES.protocolViolation, message: 'invalid message' });
    }
  }

  drain(): void {
    this.output.drain();
  }

  /** The socket is closed. */
  async gone(): Promise<void> {
    if (this.closed && this.client === undefined) return;
    this.closed = true;
    this.output.abandon();
    this.registry.leave(this);
    await this.client?.end();
  }

  /** The server stops. */
  shutDown(): void {
    const failure = {
      severity: 'FATAL',
      code: CODES.adminShutdown,
      message: 'terminating connection due to administrator command',
    } as const;
    if (this.client === undefined) this.refuse(failure);
    else this.client.fatal(failure);
  }

  private beforeStartup(bytes: Buffer): void {
    this.first = bytes;
    const length = startupLength(bytes);
    if (length === undefined) return;
    if (length < 8 || length > MAX_STARTUP_BYTES) throw new RangeError('invalid length of startup packet');
    if (bytes.length < length) return;
    this.first = bytes.subarray(length);
    this.takeFirst(readFirstPacket(bytes.subarray(0, length)));
  }

  private takeFirst(packet: FirstPacket): void {
    switch (packet.kind) {
      case 'encryption':
        this.socket.write('N');
        return;
      case 'cancel':
        this.registry.cancel(packet.pid, packet.key);
        this.hangUp();
        return;
      case 'unsupported':
        this.refuse({
          severity: 'FATAL',
          code: CODES.featureNotSupported,
          message: `unsupported frontend protocol ${packet.version}: server supports 3.0`,
        });
        return;
      case 'startup':
        this.begin(packet);
    }
  }

  private begin(packet: Extract<FirstPacket, { kind: 'startup' }>): void {
    const rest = this.first ?? Buffer.alloc(0);
    this.first = undefined;
    this.startup = packet;
    const unknown = [...packet.parameters.keys()].filter((name) => name.startsWith('_pq_.'));
    if (packet.minor > 0 || unknown.length > 0) this.output.add(negotiateVersion(unknown));
    if (
      packet.parameters.has('replication') &&
      !/^(?:false|off|no|0)$/.test(packet.parameters.get('replication') ?? '')
    ) {
      this.refuse({
        severity: 'FATAL',
        code: CODES.featureNotSupported,
        message: 'replication is not served on this port',
      });
      return;
    }
    if (this.options.password === undefined) void this.letIn(packet);
    else this.askPassword(this.options.password);
    if (rest.length > 0) this.cut(rest);
  }

  private askPassword(password: string): void {
    this.scram = new ScramServer(password);
    this.output.add(authenticationSasl(MECHANISM));
    this.output.flush();
  }

  private cut(chunk: Buffer): void {
    this.frames.push(chunk, (type, buffer, start, end) => {
      if (end - start > MOST_MESSAGE_BYTES) throw new RangeError('message too long');
      if (type === TERMINATE) this.hangUp();
      else if (type === PASSWORD) this.password(buffer.subarray(start, end));
      else this.client?.receive({ type, bytes: Buffer.from(buffer.subarray(start - HEADER_BYTES, end)) });
    });
  }

  private password(body: Buffer): void {
    const { scram, startup } = this;
    if (scram === undefined || startup === undefined) return;
    const answer = this.scramStep++ === 0 ? scram.challenge(saslInitial(body)) : scram.verify(body.toString('utf8'));
    if (answer === undefined) {
      const user = startup.parameters.get('user') ?? '';
      this.refuse({
        severity: 'FATAL',
        code: CODES.invalidPassword,
        message: `password authentication failed for user "${user}"`,
      });
      return;
    }
    if (this.scramStep === 1) this.output.add(authenticationSaslContinue(answer));
    else this.output.add(authenticationSaslFinal(answer));
    this.output.flush();
    if (this.scramStep < 2) return;
    this.scram = undefined;
    void this.letIn(startup);
  }

  private async letIn(packet: Extract<FirstPacket, { kind: 'startup' }>): Promise<void> {
    try {
      const id = this.registry.admit(this);
      if (id === undefined) throw tooMany();
      this.id = id;
      const { user, settings } = await this.admitted(packet.parameters);
      const session = new Session(id, user, settings);
      this.output.add(authenticationOk());
      this.client = new Client(this.hub, session, this.output, this.options, this.input, () =>
        this.registry.leave(this),
      );
      this.hub.sessions.add(session);
      await this.client.start();
      if (this.closed) {
        await this.client.end();
        return;
      }
      this.output.add(backendKey(id, this.key));
      this.output.add(readyForQuery('I'));
      this.output.flush();
    } catch (error) {
      await this.client?.end();
      this.refuse(isFailure(error) ? error : failureOf(error, 'FATAL'));
    }
  }

  private async admitted(parameters: ReadonlyMap<string, string>): ReturnType<typeof admit> {
    const lease: Lease = await this.hub.visit();
    try {
      return await admit(lease, parameters);
    } finally {
      await this.hub.endVisit(lease);
    }
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

/** SASLInitialResponse: the mechanism's name, then a length and the client's first message. */
function saslInitial(body: Buffer): string {
  const end = body.indexOf(0);
  return body.toString('utf8', 0, end) === MECHANISM ? body.toString('utf8', end + 5) : '';
}

const tooMany = (): Failure => ({
  severity: 'FATAL',
  code: CODES.tooManyConnections,
  message: 'sorry, too many clients already',
});

const isFailure = (value: unknown): value is Failure =>
  typeof value === 'object' && value !== null && 'severity' in value && 'code' in value;
