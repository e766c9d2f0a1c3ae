import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { isSameSecret } from '../config/same-secret.ts';
import { HutchError } from '../errors/index.ts';
import { loginPage } from './document.ts';

const COOKIE = 'hutch_studio';

/** The cookie holds this, not the token itself, so that a stolen cookie jar opens the studio and nothing else. */
const digest = (token: string): string => createHash('sha256').update(`hutch studio ${token}`).digest('base64url');

/**
 * Lets in who has the token: as a cookie after the form, or as `Authorization: Bearer` for tools. Others get the form where they ask
 * for the page, and an error elsewhere. A form of another site is refused (`Sec-Fetch-Site`, and the cookie is SameSite=Strict).
 */
export function tokenDoor(token: string): MiddlewareHandler {
  const cookie = digest(token);
  return async (c, next) => {
    if (isForeign(c)) throw new HutchError('forbidden_origin', { details: 'Another site' });
    if (c.req.path === '/studio/login' && c.req.method === 'POST') return login(c, token, cookie);
    const bearer = /^bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
    if (isSameSecret(getCookie(c, COOKIE) ?? '', cookie) || isSameSecret(bearer, token)) return next();
    if (c.req.path === '/studio' || c.req.path === '/studio/') return loginPage(false);
    throw new HutchError('studio_token_missing');
  };
}

const isForeign = (c: Context): boolean => ['cross-site', 'same-site'].includes(c.req.header('sec-fetch-site') ?? '');

/** Milliseconds that a wrong token costs. */
const PENALTY = 500;

async function login(c: Context, token: string, cookie: string): Promise<Response> {
  const form = await c.req.parseBody();
  if (typeof form.token !== 'string' || !isSameSecret(form.token, token)) {
    await Bun.sleep(PENALTY);
    return loginPage(true);
  }
  const secure = new URL(c.req.url).protocol === 'https:' || c.req.header('x-forwarded-proto') === 'https';
  setCookie(c, COOKIE, cookie, { path: '/studio', httpOnly: true, sameSite: 'Strict', secure, maxAge: 12 * 3_600 });
  return c.redirect('/studio', 303);
}
