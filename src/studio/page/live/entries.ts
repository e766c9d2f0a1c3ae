import { computed, signal } from '@preact/signals';
import type { LiveEntry, LiveQuery, LiveRequest } from '../../api/shapes.ts';

/** Entries that the page keeps. */
const KEPT = 2_000;

const entries = signal<readonly LiveEntry[]>([]);
export const connected = signal(false);
/** What is looked at while new entries come unseen; null where they are shown as they come. */
export const frozen = signal<readonly LiveEntry[] | null>(null);
/** Requests and statements of the studio, and what Hutch does of itself, are shown too. */
export const withOwn = signal(false);
export const wanted = signal('');

let stream: EventSource | null = null;
let lastSeq = 0;

/** Follows the stream as long as somebody looks; what was missed meanwhile comes with the connection. */
export function follow(): () => void {
  stream = new EventSource('/studio/api/live/stream');
  stream.addEventListener('open', () => {
    connected.value = true;
  });
  stream.addEventListener('error', () => {
    connected.value = false;
  });
  stream.addEventListener('entries', (event) => {
    receive(JSON.parse(event.data));
  });
  return () => {
    stream?.close();
    stream = null;
    connected.value = false;
  };
}

function receive(next: readonly LiveEntry[]): void {
  const restarted = next.length > 0 && (next.at(-1)?.seq ?? 0) < lastSeq;
  const fresh = restarted ? next : next.filter(({ seq }) => seq > lastSeq);
  if (fresh.length === 0) return;
  lastSeq = fresh.at(-1)?.seq ?? lastSeq;
  entries.value = [...(restarted ? [] : entries.value), ...fresh].slice(-KEPT);
}

export function freeze(): void {
  frozen.value = frozen.value === null ? entries.value : null;
}

export function clearEntries(): void {
  entries.value = [];
  frozen.value = null;
}

/** Requests, and queries that no request asked for, newest first. */
export const shown = computed<readonly LiveEntry[]>(() => {
  const all = frozen.value ?? entries.value;
  const requests = new Set(all.flatMap((it) => (it.kind === 'request' ? [it.id] : [])));
  const needle = wanted.value.toLowerCase();
  return all
    .filter((it) => {
      if (it.own && !withOwn.value) return false;
      if (it.kind === 'query' && it.label !== null && requests.has(it.label)) return false;
      return needle === '' || titleOf(it).toLowerCase().includes(needle);
    })
    .toReversed();
});

export const titleOf = (entry: LiveEntry): string =>
  entry.kind === 'request' ? `${entry.method} ${entry.status} ${shownUrl(entry.url)}` : entry.text;

export function shownUrl(url: string): string {
  try {
    return decodeURIComponent(url.replaceAll('+', ' '));
  } catch {
    return url;
  }
}

/** What only opens and closes a transaction. */
const brackets = /^(begin|commit|rollback)\b/i;

/** The statements that served a request, as they ran. */
export const queriesOf = (request: LiveRequest): readonly LiveQuery[] =>
  entries.value.filter(
    (it): it is LiveQuery => it.kind === 'query' && it.label === request.id && !brackets.test(it.text),
  );
