import type { Case } from './dataset.ts';
import type { Running } from './running.ts';

/** What all servers have to show before any of them is timed. */
export interface Expected {
  readonly it: Case;
  readonly headers: Readonly<Record<string, string>>;
  /** Rows of the table that the case inserts into, where that can be asked. */
  readonly entries: (() => Promise<number>) | undefined;
}

/** The servers that do what the first one does: answer the same rows, or insert one. Those that do not are told, and left out. */
export async function agreeing(all: readonly Running[], expected: Expected): Promise<readonly Running[]> {
  const [base, ...others] = all;
  if (base === undefined) return [];
  const wanted = await effectOf(base, expected);
  const agreed = [base];
  for (const running of others) {
    const effect = await effectOf(running, expected).catch(String);
    if (effect === wanted) agreed.push(running);
    else
      console.log(
        `${running.peer.name} is left out of '${expected.it.name}': ${effect.slice(0, 300)}, not ${wanted.slice(0, 300)}`,
      );
  }
  return agreed;
}

/** What a request does, as text that is the same for the same data in whatever notation. */
async function effectOf({ peer, request }: Running, { it, headers, entries }: Expected): Promise<string> {
  const before = await entries?.();
  const { method, url, body } = request;
  const sent = new Headers({ ...headers });
  if (body !== undefined) sent.set('content-type', 'application/json');
  const response = await fetch(url, { method, headers: sent, ...(body !== undefined && { body }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  if (it.method === 'POST') return before === undefined ? 'inserted' : `inserted ${Number(await entries?.()) - before}`;
  const answer: unknown = JSON.parse(text);
  return JSON.stringify(canonical(peer.rows?.(answer) ?? answer));
}

/** Numbers as numbers, times as milliseconds, keys in order; lists within rows in any order, because nobody asked for one. */
function canonical(value: unknown, within = false): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item, true));
    return within ? items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items;
  }
  if (typeof value === 'string') return canonicalText(value);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, canonical(field, true)] as const);
  return Object.fromEntries(fields.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function canonicalText(text: string): unknown {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (!/^\d{4}-\d\d-\d\d[ T]\d\d:/.test(text)) return text;
  return Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
}
