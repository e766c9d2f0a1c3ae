import { createHmac } from 'node:crypto';
import type { Chance } from './chance.ts';
import { SECRET } from './variants.ts';

const ROLES = ['differential_user', 'differential_timed', 'differential_anon', 'nobody', ''] as const;
const AUDIENCES = ['here', 'https://here.test/a', 'elsewhere', '', 'here '] as const;
/** Seconds from now; 30 of them are forgiven. */
const TIMES = [-3600, -60, -40, -15, 0, 15, 40, 60, 3600] as const;
const ODD = [null, 'x', true, {}, [], 1.5, 1e30, -1, '1700000000'] as const;

const MALFORMED = [
  ...[
    '',
    'Bearer',
    'Bearer ',
    'Bearer x',
    'Bearer a.b',
    'Bearer a.b.c',
    'Bearer a.b.c.d',
    'Bearer ..',
    'Basic YTpi',
    'Token x',
  ],
  ...['bearer', 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.', 'Bearer eyJhbGciOiJub25lIn0.e30.', 'Bearer é.b.c', 'Bearer   x.y'],
  ...['Bearer eyJhbGciOiJIUzI1NiJ9..', 'Bearer eyJhbGciOiJYWCJ9.e30.x', 'Bearer eyJhbGciOiJIUzI1NiJ9.bm90IGpzb24.x'],
] as const;

/** An `Authorization` header: mostly a genuine token, of a role that is there and of claims that hold. */
export function randomAuthorization(chance: Chance): string {
  if (chance.slips(0.2)) return chance.pick(MALFORMED);
  const scheme = chance.slips(0.1) ? chance.pick(['bearer', 'BEARER', 'Bearer ', 'Basic', 'Bearer,']) : 'Bearer';
  return `${scheme} ${misspelt(chance, signed(chance, header(chance), payload(chance)))}`;
}

function signed(chance: Chance, head: object, text: string): string {
  const content = [JSON.stringify(head), text].map((part) => Buffer.from(part).toString('base64url')).join('.');
  const secret = chance.slips(0.05) ? 'not the secret of the differential at all' : SECRET;
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}

function misspelt(chance: Chance, token: string): string {
  if (!chance.slips(0.05)) return token;
  return chance.pick([
    `${token}=`,
    token.slice(0, -1),
    `${token}.x`,
    token.replace('.', ''),
    ` ${token}`,
    token.toLowerCase(),
  ]);
}

const header = (chance: Chance): object => ({
  alg: chance.slips(0.06) ? chance.pick(['HS384', 'hs256', 'RS256', 'none', 'XX', 1]) : 'HS256',
  ...(chance.happens(0.5) ? { typ: 'JWT' } : {}),
  ...(chance.happens(0.25) ? { kid: chance.pick<unknown>(['k', 'k', 'other', 'unknown', 1]) } : {}),
});

/** Claims as JSON: mostly an object, now and then one that names a claim twice. */
function payload(chance: Chance): string {
  if (chance.slips(0.03)) return chance.pick(['[]', '"x"', '1', 'null', '{', '', '{"role":"differential_user",}']);
  const text = JSON.stringify(claims(chance));
  if (!chance.happens(0.04)) return text;
  const twice = chance.pick(['"role":"differential_anon"', '"exp":1', '"aud":"elsewhere"', '"sub":"é"', '"role":null']);
  return chance.happens(0.5)
    ? text.replace('{', `{${twice}${text === '{}' ? '' : ','}`)
    : text.replace(/\}$/, `${text === '{}' ? '' : ','}${twice}}`);
}

function claims(chance: Chance): object {
  const role = chance.happens(0.7)
    ? 'differential_user'
    : chance.pick<unknown>([...ROLES, 1, null, ['differential_user'], { a: 1 }]);
  const roles = () => chance.some(0, 3, () => chance.pick<unknown>([...ROLES, 1]));
  return {
    ...(chance.happens(0.85) ? { role } : {}),
    ...(chance.happens(0.3) ? { roles: chance.slips(0.1) ? role : roles() } : {}),
    ...(chance.happens(0.2) ? { 'https://here.test/claims': { role } } : {}),
    ...(chance.happens(0.4) ? { exp: time(chance, 3600) } : {}),
    ...(chance.happens(0.2) ? { nbf: time(chance, -60) } : {}),
    ...(chance.happens(0.2) ? { iat: time(chance, -60) } : {}),
    ...(chance.happens(0.4) ? { aud: audience(chance) } : {}),
    ...(chance.happens(0.2)
      ? { sub: chance.pick<unknown>(['u', 'é"\\', 12345678901234567890n.toString(), 1.5e3, null, { n: [1, 'x'] }]) }
      : {}),
  };
}

function time(chance: Chance, right: number): unknown {
  if (chance.slips(0.1)) return chance.pick<unknown>(ODD);
  return (
    Math.floor(Date.now() / 1000) + (chance.happens(0.6) ? right : chance.pick(TIMES)) + (chance.slips(0.05) ? 0.5 : 0)
  );
}

function audience(chance: Chance): unknown {
  if (chance.slips(0.1)) return chance.pick<unknown>([1, null, {}, [1], ['here', null], true]);
  return chance.happens(0.5) ? chance.pick(AUDIENCES) : chance.some(0, 3, () => chance.pick(AUDIENCES));
}
