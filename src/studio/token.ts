/** Makes a token for whoever the page wants to be. */
export type Sign = (claims: Readonly<Record<string, unknown>>) => Promise<string>;

/** Tokens of the studio live so long; the page asks for a new one before. */
const LIFE = '1h';

/** Signs with the plain secret (HS256) that the server verifies with. */
export function claimsSigner(secret: string | Uint8Array): Sign {
  const key = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret;
  return async (claims) => {
    const { SignJWT } = await import('jose');
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuedAt()
      .setExpirationTime(LIFE)
      .sign(key);
  };
}
