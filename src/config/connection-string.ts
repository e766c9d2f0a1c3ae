import { readFileSync } from 'node:fs';
import type { Kind } from './kinds.ts';

/**
 * Where a Postgres is, in the forms that libpq and PostgREST know: a URL, `host=… port=… dbname=…`, or `@file`, which holds either. The
 * value is always a URL.
 */
export const connectionString: Kind<string> = {
  form: '<url>',
  wants:
    'postgres://user:password@host:5432/database, with # / ? @ : % in the password written as %23 %2F %3F %40 %3A %25',
  parse: urlOf,
};

function urlOf(text: string): string | undefined {
  if (text.startsWith('@')) return ofFile(text.slice(1));
  if (/^[a-z]+:\/\//i.test(text)) return /^postgres(ql)?:/i.test(text) && isReadable(text) ? text : undefined;
  const pairs = pairsOf(text);
  return pairs === undefined ? undefined : assembled(pairs);
}

/** Whether it is a URL whose parts can be decoded: a bare `%` in a password is none. */
function isReadable(text: string): boolean {
  try {
    const { username, password, hostname, pathname } = new URL(text);
    for (const part of [username, password, hostname, pathname]) decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

function ofFile(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return text.startsWith('@') ? undefined : urlOf(text);
  } catch {
    return undefined;
  }
}

/** `key = value`, the value in quotes where it has blanks; `\` before a quote or itself. */
const PAIR = /\s*(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?:\s+|$)/gy;

function pairsOf(text: string): Map<string, string> | undefined {
  const pairs = new Map<string, string>();
  let end = 0;
  for (const [whole, key = '', quoted, plain = ''] of text.matchAll(PAIR)) {
    pairs.set(key, (quoted ?? plain).replace(/\\(.)/g, '$1'));
    end += whole.length;
  }
  return pairs.size > 0 && end === text.length ? pairs : undefined;
}

/** Sockets have no place in a URL's host, so they are none of these. */
function assembled(pairs: Map<string, string>): string | undefined {
  const taken = (key: string): string => {
    const value = pairs.get(key) ?? '';
    pairs.delete(key);
    return value;
  };
  const [host, port, user, password, database] = ['host', 'port', 'user', 'password', 'dbname'].map(taken);
  if (host?.startsWith('/')) return undefined;
  const secret = password === '' ? '' : `:${encodeURIComponent(password ?? '')}`;
  const login = user === '' ? '' : `${encodeURIComponent(user ?? '')}${secret}@`;
  const address = `${host || 'localhost'}${port === '' ? '' : `:${port}`}`;
  const rest = new URLSearchParams([...pairs]).toString();
  const url = `postgresql://${login}${address}/${encodeURIComponent(database ?? '')}${rest === '' ? '' : `?${rest}`}`;
  return URL.canParse(url) ? url : undefined;
}
