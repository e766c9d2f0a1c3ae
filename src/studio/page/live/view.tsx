import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { LiveEntry, LiveQuery } from '../../api/shapes.ts';
import { studio } from '../api/studio.ts';
import { Button } from '../ui/button.tsx';
import { SearchBox } from '../ui/search-box.tsx';
import { Detail } from './detail.tsx';
import { ms } from './duration.ts';
import { clearEntries, connected, follow, freeze, frozen, queriesOf, shown, shownUrl, wanted } from './entries.ts';
import { WithOwn } from './with-own.tsx';

/** Entries that are drawn; a busy server has more than anybody reads. */
const DRAWN = 300;

/** Requests and queries as they pass. */
export function LiveView() {
  const picked = useSignal<number | null>(null);
  useEffect(follow, []);
  const entries = shown.value;
  const slowest = entries.reduce((most, { took }) => Math.max(most, took), 1);
  const entry = entries.find(({ seq }) => seq === picked.value);
  return (
    <div class={entry === undefined ? 'live' : 'live with-detail'}>
      <div class="live-main">
        <LiveToolbar />
        <ol class="entries" onKeyDown={walk}>
          {entries.slice(0, DRAWN).map((it) => (
            <EntryRow
              key={it.seq}
              entry={it}
              slowest={slowest}
              picked={it.seq === picked.value}
              onPick={() => {
                picked.value = it.seq === picked.value ? null : it.seq;
              }}
            />
          ))}
        </ol>
        {entries.length === 0 && (
          <p class="muted hint">Nothing has passed yet. Call the API, or run something through the Postgres port.</p>
        )}
      </div>
      {entry !== undefined && (
        <Detail
          key={entry.seq}
          entry={entry}
          onClose={() => {
            picked.value = null;
          }}
        />
      )}
    </div>
  );
}

function LiveToolbar() {
  return (
    <div class="toolbar" role="toolbar" aria-label="Requests">
      <SearchBox
        main
        label="Find in the requests"
        value={wanted.value}
        onText={(text) => {
          wanted.value = text;
        }}
      />
      <WithOwn />
      <span class="spacer" />
      <span class={connected.value ? 'status on' : 'status'} role="status">
        {frozen.value !== null ? 'paused' : connected.value ? 'live' : 'connecting…'}
      </span>
      <Button
        icon={frozen.value === null ? 'stop' : 'play'}
        label={frozen.value === null ? 'Pause' : 'Go on'}
        class="collapses"
        onClick={freeze}
      />
      <Button
        icon="trash"
        label="Clear"
        class="collapses"
        onClick={() => {
          clearEntries();
          void studio.clearLive();
        }}
      />
    </div>
  );
}

/** The arrows go from entry to entry. */
function walk(event: KeyboardEvent): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const item = event.target instanceof HTMLElement ? event.target.closest('li') : null;
  const next = by === undefined ? null : by > 0 ? item?.nextElementSibling : item?.previousElementSibling;
  if (by === undefined) return;
  event.preventDefault();
  next?.querySelector('button')?.focus();
}

interface EntryRowProps {
  readonly entry: LiveEntry;
  readonly slowest: number;
  readonly picked: boolean;
  readonly onPick: () => void;
}

function EntryRow({ entry, slowest, picked, onPick }: EntryRowProps) {
  const at = new Date(entry.startedAt).toISOString().slice(11, 23);
  return (
    <li>
      <button type="button" class={picked ? 'entry picked' : 'entry'} aria-expanded={picked} onClick={onPick}>
        <time class="muted">{at}</time>
        {entry.kind === 'request' ? (
          <>
            <span class={`status-code s${Math.floor(entry.status / 100)}`}>{entry.status}</span>
            <span class="method">{entry.method}</span>
            <span class="what">{shownUrl(entry.url)}</span>
            <span class="muted queries">{queriesText(queriesOf(entry).length)}</span>
          </>
        ) : (
          <>
            <span class={entry.error === null ? 'status-code' : 'status-code s5'}>{entry.error ?? 'SQL'}</span>
            <span class="method">{entry.own && <span class="muted">{ownerOf(entry)}</span>}</span>
            <span class="what code">{entry.text.replace(/\s+/g, ' ').slice(0, 300)}</span>
            <span class="muted queries">
              {entry.rows.toLocaleString('en')} {entry.rows === 1 ? 'row' : 'rows'}
            </span>
          </>
        )}
        <span class="plan-bar" aria-hidden="true">
          <span style={{ width: `${Math.max(1, (entry.took / slowest) * 100)}%` }} />
        </span>
        <span class="took">{ms(entry.took)}</span>
      </button>
    </li>
  );
}

/** On whose behalf one of Hutch's own statements ran. */
const ownerOf = ({ label }: LiveQuery): string => (label?.startsWith('studio') ? 'studio' : (label ?? ''));

const queriesText = (count: number): string => (count === 0 ? '' : count === 1 ? '1 query' : `${count} queries`);
