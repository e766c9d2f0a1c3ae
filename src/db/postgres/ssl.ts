import { readFileSync } from 'node:fs';
import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { ConnectionError } from '../driver.ts';

/**
 * libpq's names, from the weakest to the strongest: no TLS; TLS where the server has it (`allow` is as good here); TLS, whatever the certificate;
 * with a certificate that a known authority has signed; and made out to the host as well.
 */
export const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

export type SslMode = (typeof SSL_MODES)[number];

export interface SslOptions {
  readonly mode: SslMode;
  /** A PEM file of the authority that signed the server's certificate; absent: the authorities that browsers know. */
  readonly rootCert?: string;
}

const LOCAL_HOST = /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\]|)$/i;

/** Sockets of this machine and its loopback addresses; nobody can listen in between. */
export const isLocalServer = (host: string): boolean => host.startsWith('/') || LOCAL_HOST.test(host);

/** The mode for a host: the one asked for, else TLS wherever the host is not this machine. */
export function sslFor(host: string, mode?: SslMode): SslMode {
  return mode ?? (isLocalServer(host) ? 'disable' : 'require');
}

/** SSLRequest: a length of 8 and the code 80877103. */
const SSL_REQUEST = new Uint8Array([0, 0, 0, 8, 4, 210, 22, 47]);
const ACCEPTED = 'S';

/** Turns a fresh connection to a Postgres into an encrypted one; with `prefer`, leaves it as it is where the server has no TLS. */
export async function encrypt(socket: Socket, host: string, options: SslOptions): Promise<Socket> {
  const { mode } = options;
  if (mode === 'disable') return socket;
  const tls = tlsOptions(host, options);
  socket.write(SSL_REQUEST);
  if (await accepts(socket)) return secured(connectTls({ socket, ...tls }), host);
  if (mode === 'prefer' || mode === 'allow') return socket;
  throw new ConnectionError(
    `the server at ${host} does not take TLS connections; set the SSL mode to disable to go without`,
    'refused',
  );
}

function tlsOptions(host: string, { mode, rootCert }: SslOptions): ConnectionOptions {
  return {
    // A name for the server to choose its certificate by; addresses are not allowed there.
    servername: isIP(host) === 0 ? host : undefined,
    host,
    ca: rootCert === undefined ? undefined : readCertificate(rootCert),
    // As in libpq: whoever names an authority wants it asked, whatever the mode is called.
    rejectUnauthorized: mode.startsWith('verify') || (mode === 'require' && rootCert !== undefined),
    ...(mode !== 'verify-full' && { checkServerIdentity: () => undefined }),
  };
}

function readCertificate(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : error;
    throw new ConnectionError(`can't read the file of the certificate authority, ${path}: ${reason}`, 'refused');
  }
}

/** The answer to SSLRequest is one byte. What came with it would be from somebody in between: it is not encrypted. */
async function accepts(socket: Socket): Promise<boolean> {
  const answer = await new Promise<Buffer>((resolve, reject) => {
    const gone = () => reject(new Error('it hung up'));
    socket.once('error', reject).once('close', gone);
    socket.once('data', (bytes: Buffer) => {
      socket.removeListener('error', reject).removeListener('close', gone);
      resolve(bytes);
    });
  });
  if (answer.length > 1) throw new ConnectionError('there was unencrypted data before the TLS handshake', 'refused');
  return answer.toString('latin1') === ACCEPTED;
}

function secured(socket: TLSSocket, host: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(certificateError(error, host));
    const gone = () => reject(new Error('it hung up during the TLS handshake'));
    socket.once('error', failed).once('close', gone);
    socket.once('secureConnect', () => {
      socket.removeListener('error', failed).removeListener('close', gone);
      resolve(socket);
    });
  });
}

const OTHER_HOST = 'ERR_TLS_CERT_ALTNAME_INVALID';
/** OpenSSL's names for what can be wrong with a certificate or its chain. */
const UNTRUSTED = /CERT|SIGNATURE|ISSUER|CHAIN|_CA$/;

/** Trying again does not make a certificate better, so these are told apart from connections that broke. */
function certificateError(error: Error, host: string): Error {
  const code = 'code' in error ? String(error.code) : '';
  if (!UNTRUSTED.test(code)) return error;
  const what = code === OTHER_HOST ? 'is made out to another host' : 'is not trusted';
  const hint = code === OTHER_HOST ? '' : '; name its authority with HUTCH_SSL_CA or sslrootcert';
  const message = `the certificate of ${host} ${what} (${error.message.trim()})${hint}`;
  return new ConnectionError(message, 'refused', { cause: error });
}
