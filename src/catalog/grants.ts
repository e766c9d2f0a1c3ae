import type { Grant, Privilege } from './types.ts';

const privileges: { readonly [letter: string]: Privilege } = {
  a: 'insert',
  r: 'select',
  w: 'update',
  d: 'delete',
  D: 'truncate',
  x: 'references',
  t: 'trigger',
  m: 'maintain',
};

/** `aclitem` texts, such as `anon=arw*d/postgres`; `"quoted name"=r/postgres`; no name at all is everyone. */
export function grantsOf(acl: readonly string[]): readonly Grant[] {
  return Object.freeze(acl.flatMap((item) => grantOf(item) ?? []));
}

function grantOf(item: string): Grant | undefined {
  const match = /^("(?:[^"]|"")*"|[^=]*)=([a-zA-Z*]*)\//.exec(item);
  if (!match) return undefined;
  const [, name = '', letters = ''] = match;
  const role = name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
  return Object.freeze({
    role: role || 'public',
    privileges: [...letters].flatMap((letter) => privileges[letter] ?? []),
  });
}
