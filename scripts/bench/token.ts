import { SignJWT } from 'jose';

/** What all servers check tokens by. */
export const SECRET = 'a secret of the benchmarks, longer than 32 bytes';

/** As an identity provider would sign it. */
export function signedToken(): Promise<string> {
  return new SignJWT({ role: 'authenticated', sub: 'user_77', email: 'ada@example.com', aud: 'authenticated' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime('1d')
    .sign(new TextEncoder().encode(SECRET));
}
