import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * The server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), which every client of the last years speaks. The password itself never
 * crosses the connection. Channel binding is not offered, for there is no TLS.
 */

export const MECHANISM = 'SCRAM-SHA-256';

/** Postgres's own number (`scram_iterations`). */
const ITERATIONS = 4096;
const KEY_BYTES = 32;

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

export class ScramServer {
  private readonly salt = randomBytes(16);
  private readonly nonce = randomBytes(18).toString('base64');
  private clientFirst = '';
  private serverFirst = '';
  private binding = '';

  constructor(private readonly password: string) {}

  /** Takes client-first-message, gives server-first-message; undefined where it is malformed. */
  challenge(first: string): string | undefined {
    const match = /^([ny],(?:a=[^,]*)?,)(n=[^,]*,r=([^,]+).*)$/s.exec(first);
    if (match === null) return undefined;
    this.binding = Buffer.from(match[1] ?? '').toString('base64');
    this.clientFirst = match[2] ?? '';
    this.serverFirst = `r=${match[3]}${this.nonce},s=${this.salt.toString('base64')},i=${ITERATIONS}`;
    return this.serverFirst;
  }

  /** Takes client-final-message, gives server-final-message; undefined where the password is another. */
  verify(final: string): string | undefined {
    const match = /^(c=([^,]+),r=([^,]+).*),p=([^,]+)$/s.exec(final);
    const nonce = /^r=([^,]+)/.exec(this.serverFirst)?.[1];
    if (match === null || match[2] !== this.binding || match[3] !== nonce) return undefined;
    const salted = pbkdf2Sync(this.password.normalize('NFKC'), this.salt, ITERATIONS, KEY_BYTES, 'sha256');
    const text = `${this.clientFirst},${this.serverFirst},${match[1]}`;
    const storedKey = sha256(hmac(salted, 'Client Key'));
    const proof = Buffer.from(match[4] ?? '', 'base64');
    if (proof.length !== KEY_BYTES) return undefined;
    const clientKey = xor(proof, hmac(storedKey, text));
    if (!timingSafeEqual(sha256(clientKey), storedKey)) return undefined;
    return `v=${hmac(hmac(salted, 'Server Key'), text).toString('base64')}`;
  }
}

const xor = (a: Buffer, b: Buffer): Buffer => Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));
