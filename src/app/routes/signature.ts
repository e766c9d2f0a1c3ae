import { createHmac, timingSafeEqual } from 'node:crypto';

/** Seconds a signed message stays good. */
const TOLERANCE = 300;

/**
 * Whether a webhook comes from who holds the secret: Standard Webhooks, as Svix, and so Clerk, signs them
 * (https://www.standardwebhooks.com). `secret` is `whsec_` and base64.
 */
export function isSigned(headers: Headers, body: string, secret: string, now: number = Date.now()): boolean {
  const read = (name: string) => headers.get(`webhook-${name}`) ?? headers.get(`svix-${name}`) ?? '';
  const seconds = Number(read('timestamp'));
  if (!read('id') || !(Math.abs(now / 1000 - seconds) <= TOLERANCE)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key)
    .update(`${read('id')}.${read('timestamp')}.${body}`)
    .digest();
  return read('signature')
    .split(' ')
    .some((it) => isSame(it, expected));
}

function isSame(signature: string, expected: Buffer): boolean {
  const [version, text = ''] = signature.split(',');
  const given = Buffer.from(text, 'base64');
  return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
}
