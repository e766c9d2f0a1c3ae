import { type DialOptions, dial, dialForCancel, type PostgresAddress } from '../../db/postgres/dial.ts';
import { SocketLink } from '../../db/postgres/link.ts';
import { HEADER_BYTES } from '../../db/protocol/frames.ts';
import { authenticationOk, backendKey, parameterStatus, readyForQuery } from '../../wire/protocol/replies.ts';

/** Milliseconds for the connection to open. */
const CONNECT_TIME = 10_000;

/** As pg_dump takes its server to be; what it asks for besides, it sets by itself. */
const SETTINGS = { application_name: 'hutch db dump', standard_conforming_strings: 'on' };

/** A session on the server, opened, encrypted and authenticated as all of ours are, for a pg_dump that can do none of that. */
export class DumpSession {
  private constructor(
    private readonly link: SocketLink,
    readonly serverVersion: string,
  ) {}

  static async open(address: PostgresAddress): Promise<DumpSession> {
    const options: DialOptions = { ...address, connectTimeout: CONNECT_TIME, settings: SETTINGS };
    const dialled = await dial(options);
    const link = new SocketLink(dialled, { notified: () => {}, closed: () => {} }, () => dialForCancel(options));
    return new DumpSession(link, dialled.serverVersion);
  }

  /** What a server says to a client that it lets in without more ado. */
  greeting(): Uint8Array {
    const parameters = { ...SETTINGS, server_version: this.serverVersion, client_encoding: 'UTF8' };
    return Buffer.concat([
      authenticationOk(),
      ...Object.entries(parameters).map(([name, value]) => parameterStatus(name, value)),
      backendKey(0, 0),
      readyForQuery('I'),
    ]);
  }

  /** Sends a query as pg_dump wrote it; all that the server says to it. */
  async exchange(query: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const replies: Uint8Array[] = [];
    await this.link.exchange(query, (_type, buffer, start, end) => {
      replies.push(new Uint8Array(buffer.subarray(start - HEADER_BYTES, end)));
    });
    return Buffer.concat(replies);
  }

  /** Ends what runs, on the server too. */
  async cancel(): Promise<void> {
    await this.link.cancel('signal').catch(() => {});
    this.link.kill();
  }

  close(): Promise<void> {
    return this.link.end();
  }
}
