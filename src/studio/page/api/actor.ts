import { signal } from '@preact/signals';
import { studio } from './studio.ts';

/** As whom the page reads and writes. */
export interface Actor {
  readonly role: string;
  /** Claims beside the role: `sub` and what the policies ask for. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** A token somebody pasted, where the server cannot make one. */
  readonly token?: string;
}

export const OWNER: Actor = { role: 'service_role', claims: {} };
export const actor = signal<Actor>(OWNER);

/** Milliseconds before a token's end at which it is replaced. */
const MARGIN = 5 * 60_000;
const LIFE = 60 * 60_000;

let cached: { readonly actor: Actor; readonly token: Promise<string | null>; readonly until: number } | undefined;

/** The token of whoever the page acts as; null acts as the anonymous role. */
export function actorToken(): Promise<string | null> {
  const current = actor.value;
  if (cached?.actor === current && cached.until > Date.now()) return cached.token;
  cached = { actor: current, token: tokenFor(current), until: Date.now() + LIFE - MARGIN };
  cached.token.catch(() => {
    cached = undefined;
  });
  return cached.token;
}

async function tokenFor({ role, claims, token }: Actor): Promise<string | null> {
  if (token !== undefined) return token;
  if (role === 'anon') return null;
  const laid = role === OWNER.role && Object.keys(claims).length === 0 ? takeLaidToken() : null;
  if (laid !== null) return laid;
  return (await studio.token({ ...claims, role })).token;
}

/** The server lays a token of the first actor into the page, which saves the page a round trip before its first rows. Good once. */
function takeLaidToken(): string | null {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="hutch-token"]');
  meta?.remove();
  return meta?.content ?? null;
}

/** As whom a route of the studio acts: itself, unless the page is viewed as somebody else. */
export function actingAs(): { readonly role?: string; readonly claims?: string } {
  const { role, claims } = actor.value;
  return role === OWNER.role ? {} : { role, claims: JSON.stringify({ ...claims, role }) };
}
