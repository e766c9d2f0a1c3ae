import type { Chance } from './chance.ts';
import { randomAuthorization } from './random-token.ts';
import type { CaseRequest } from './request.ts';

type Headers = CaseRequest['headers'];

const ACCEPTS = [
  ...['text/csv', 'application/vnd.pgrst.object+json', 'application/vnd.pgrst.array+json;nulls=stripped', 'text/plain'],
  ...['foo/bar, */*', 'application/json', '*/*', 'application/geo+json', 'application/octet-stream', 'text/xml'],
] as const;
const RANGES = [
  ...['0-1', '1-', '5-3', '2-100', '0-0', '0-', '-1', '', 'x', '1-x', '0-1,2-3', '00-01', '1', '+1-2', '99-'],
  ...[
    '9223372036854775807-',
    '0-4611686018427387904',
    '4611686018427387903-4611686018427387904',
    '0-99999999999999999999',
  ],
] as const;
const UNITS = ['items', 'bytes', 'rows', '', 'Items'] as const;

const PREFERENCES = [
  ...['count=exact', 'count=planned', 'count=estimated', 'count=none', 'return=representation', 'return=minimal'],
  ...['return=headers-only', 'return=x', 'tx=rollback', 'tx=x', 'handling=strict', 'handling=lenient'],
  ...['handling=x', 'timezone=America/Lima', 'timezone=Nowhere/City', 'timezone=', 'timezone=UTC', 'max-affected=1'],
  ...['max-affected=0', 'max-affected=x', 'max-affected=-1', 'max-affected=', 'max-affected=100', 'missing=default'],
  ...['missing=null', 'resolution=merge-duplicates', 'resolution=ignore-duplicates', 'resolution=x', 'odd', 'odd=1'],
  ...[
    '',
    'COUNT=exact',
    'params=single-object',
    'respond-async',
    'wait=1',
    'é',
    'timezone=america/lima',
    'count="exact"',
  ],
] as const;

/** `Prefer`, as one header or several, with spaces where people put them. */
export function randomPreferences(chance: Chance): string | readonly string[] {
  const wanted = chance.some(1, 4, () => spaced(chance, chance.pick(PREFERENCES)));
  if (wanted.length > 1 && chance.happens(0.2)) return [wanted[0] ?? '', wanted.slice(1).join(',')];
  return wanted.join(chance.pick([',', ', ', ' , ', ',']));
}

function spaced(chance: Chance, preference: string): string {
  return chance.slips(0.1)
    ? chance.pick([` ${preference}`, preference.replace('=', ' = '), `${preference};x=1`, `${preference},`])
    : preference;
}

/** `Accept`: one of those that mean something, or a list with weights. */
export function randomAccept(chance: Chance): string {
  if (chance.happens(0.5)) return chance.pick(ACCEPTS);
  return chance.some(0, 4, () => weighed(chance)).join(chance.pick([',', ', ', ' ,']));
}

const KINDS = [
  ...ACCEPTS,
  ...[
    'application/vnd.pgrst.object',
    'application/vnd.pgrst.array',
    'application/vnd.pgrst.array+json',
    'application/openapi+json',
  ],
  ...[
    'application/vnd.pgrst.object+json; nulls=stripped',
    'application/vnd.pgrst.object;nulls=x',
    'APPLICATION/JSON',
    'text/*',
  ],
  ...[
    'application/json; charset=utf-8',
    'application/json;charset="utf-8"',
    'application/*',
    '*',
    '',
    'json',
    'application/x-www-form-urlencoded',
  ],
  ...[
    'text/csv;header=absent',
    'a/b;c',
    'text/html',
    'application/vnd.twkb',
    'image/png',
    'Text/CSV',
    'application/x-upper',
    'é/é',
  ],
] as const;
const WEIGHTS = [
  '',
  '',
  '',
  ';q=1',
  ';q=0.5',
  ';q=0',
  '; q=0.9',
  ';q=x',
  ';Q=0.1',
  ';q=0.5;a=b',
  ';q=',
  ';q=1.5',
  ';q=-1',
  ' ;q= 0.3',
  ';q=.5',
  ';q=1e-1',
] as const;

const weighed = (chance: Chance): string => chance.pick(KINDS) + chance.pick(WEIGHTS);

/** What requests have beside their profile: who asks, how much of it, from where, in what form. */
export function randomHeaders(chance: Chance): Headers {
  return {
    ...(chance.happens(0.12) ? { accept: randomAccept(chance) } : {}),
    ...(chance.happens(0.15) ? { prefer: randomPreferences(chance) } : {}),
    ...(chance.happens(0.06) ? { range: chance.pick(RANGES) } : {}),
    ...(chance.happens(0.03) ? { 'range-unit': chance.pick(UNITS) } : {}),
    ...(chance.happens(0.2) ? { authorization: randomAuthorization(chance) } : {}),
    ...(chance.happens(0.06) ? { origin: chance.pick(ORIGINS) } : {}),
    ...(chance.happens(0.03) ? { 'x-request-id': chance.pick(['abc', '', 'é']) } : {}),
    ...(chance.happens(0.04) ? { [chance.pick(['x-fail', 'x-role', 'x-status'])]: chance.pick(FOR_SQL) } : {}),
  };
}

const ORIGINS = ['http://a.test', 'http://c.test', 'null', ''] as const;
/** What the function before requests reads. */
const FOR_SQL = ['differential_user', '203', 'nobody', 'x', '299', ''] as const;

const ASKED_METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'get', 'TRACE', '', 'X Y'] as const;
const ASKED_HEADERS = [
  'X-A',
  'x-a, X-B',
  'authorization',
  'Authorization, Accept',
  'accept,content-type',
  'a,,b',
  'a b',
  '',
  ' x ',
  'é',
] as const;

/** Of an OPTIONS: mostly those of a browser that asks first. */
export function preflightHeaders(chance: Chance): Headers {
  return {
    ...(chance.happens(0.9) ? { origin: chance.pick(ORIGINS) } : {}),
    ...(chance.happens(0.85) ? { 'access-control-request-method': chance.pick(ASKED_METHODS) } : {}),
    ...(chance.happens(0.6) ? { 'access-control-request-headers': chance.pick(ASKED_HEADERS) } : {}),
  };
}
