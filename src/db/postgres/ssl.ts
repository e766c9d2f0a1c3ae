import { readFileSync } from 'node:fs';
import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { ConnectionError } from '../driver.ts';

/** As libpq names them: no TLS; TLS with any certificate; TLS with a certificate that is trusted and made out to the host. */
export type SslMode = 'disable' | 'require' | 'verify-full';

const LOCAL_HOST = /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\]|)$/i;

/** Sockets of this machine and its loopback addresses; nobody can listen in between. */
export const isLocalHost = (host: string): boolean => host.startsWith('/') || LOCAL_HOST.test(host);

/** The mode for a host: the one asked for, else TLS wherever the host is not this machine. */
export function sslFor(host: string, mode?: SslMode): SslMode {
  return mode ?? (isLocalHost(host) ? 'disable' : 'require');
}

/** SSLRequest: a length of 8 and the code 80877103. */
const SSL_REQUEST = new Uint8Array([0, 0, 0, 8, 4, 210, 22, 47]);
const ACCEPTED = 'S'.charCodeAt(0);

/** Turns a fresh connection to a Postgres into an encrypted one. */
export async function encrypt(socket: Socket, host: string, mode: SslMode, caFile?: string): Promise<TLSSocket> {
  socket.write(SSL_REQUEST);
  if ((await firstByte(socket)) !== ACCEPTED) {
    socket.destroy();
    throw new ConnectionError(
      'the server does not take TLS connections; set the SSL mode to disable to go without',
      'refused',
    );
  }
  return secured(connectTls({ socket, ...tlsOptions(host, mode, caFile) }));
}

function tlsOptions(host: string, mode: SslMode, caFile: string | undefined): ConnectionOptions {
  return {
    // A name for the server to choose its certificate by; addresses are not allowed there.
    servername: isIP(host) === 0 ? host : undefined,
    host,
    ca: caFile === undefined ? undefined : readFileSync(caFile, 'utf8'),
    rejectUnauthorized: mode === 'verify-full',
  };
}

function firstByte(socket: Socket): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('data', (answer: Buffer) => {
      socket.removeListener('error', reject);
      resolve(answer[0]);
    });
  });
}

function secured(socket: TLSSocket): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      socket.removeListener('error', reject);
      resolve(socket);
    });
  });
}
