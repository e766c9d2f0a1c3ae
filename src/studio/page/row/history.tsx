import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { HistoryEntry } from '../../api/shapes.ts';
import { told } from '../api/failure.ts';
import { studio } from '../api/studio.ts';
import type { Table } from '../app/catalog.ts';
import { shownTime, shownValue } from '../grid/kind.ts';
import { keyValues, type Row } from '../grid/query.ts';
import { stageValue } from '../stage/staged.ts';
import { Button } from '../ui/button.tsx';
import { say } from '../ui/toast.tsx';

interface Loaded {
  readonly entries: readonly HistoryEntry[];
  readonly current: Readonly<Record<string, unknown>> | null;
}

/** What happened to a row, newest first, and the row as it was at any of those moments. */
export function History({ table, row }: { readonly table: Table; readonly row: Row }) {
  const loaded = useSignal<Loaded | null>(null);
  const failed = useSignal<string | null>(null);
  /** How many of the newest changes are undone in what is shown. */
  const back = useSignal(0);
  const key = JSON.stringify(keyValues(table, row));
  useEffect(() => {
    loaded.value = null;
    back.value = 0;
    studio.history({ schema: table.schema, table: table.name }, JSON.parse(key)).then(
      (found) => {
        loaded.value = found;
      },
      (error: unknown) => {
        failed.value = told(error);
      },
    );
  }, [table, key]);
  if (failed.value !== null) return <p class="notice bad">{failed.value}</p>;
  if (loaded.value === null) return <p class="muted">Loading…</p>;
  const { entries } = loaded.value;
  if (entries.length === 0)
    return (
      <p class="muted">
        Nothing has happened to it since {shownTime(table.auditedSince ?? '').slice(0, 16)} UTC, when recording began.
      </p>
    );
  return (
    <div class="history">
      <TimeTravel table={table} row={row} loaded={loaded.value} back={back} />
      <ol>
        {entries.map((entry, index) => (
          <li key={entry.id} class={index < back.value ? 'undone' : ''}>
            <div class="history-head">
              <span class={`operation ${entry.operation.toLowerCase()}`}>{entry.operation.toLowerCase()}</span>
              <time dateTime={entry.at}>{shownTime(entry.at).slice(0, 19)}</time>
              <span class="muted">{entry.actor ?? entry.role}</span>
            </div>
            <Difference entry={entry} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function Difference({ entry }: { readonly entry: HistoryEntry }) {
  if (entry.operation !== 'UPDATE') return null;
  const names = [...new Set([...Object.keys(entry.old ?? {}), ...Object.keys(entry.new ?? {})])];
  return (
    <dl class="difference">
      {names.map((name) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <del>{shown(entry.old?.[name])}</del>
            <ins>{shown(entry.new?.[name])}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}

const shown = (value: unknown): string => (value === null || value === undefined ? 'null' : shownValue(value));

interface TravelProps {
  readonly table: Table;
  readonly row: Row;
  readonly loaded: Loaded;
  readonly back: { value: number };
}

/** The row at a moment: as it is now, with the changes since undone, newest first. Null where it did not exist. */
function rowBack({ entries, current }: Loaded, back: number): Readonly<Record<string, unknown>> | null {
  let row = current;
  for (const entry of entries.slice(0, back)) {
    if (entry.operation === 'INSERT') row = null;
    else row = { ...(row ?? {}), ...entry.old };
  }
  return row;
}

function TimeTravel({ table, row, loaded, back }: TravelProps) {
  const { entries } = loaded;
  const past = rowBack(loaded, back.value);
  const now = loaded.current ?? row;
  const differing = past === null ? [] : Object.keys(past).filter((name) => shown(past[name]) !== shown(now[name]));
  const moment = back.value === 0 ? 'now' : `before ${shownTime(entries[back.value - 1]?.at ?? '').slice(0, 19)}`;
  const restore = () => {
    const writable = table.columns.filter(({ name, writable }) => writable && differing.includes(name));
    const kept = writable.filter(({ name }) => past?.[name] !== MASK && !/^updated_(at|by)$/.test(name));
    for (const { name } of kept) stageValue(table, row, name, past?.[name]);
    say(`${kept.length} ${kept.length === 1 ? 'value is' : 'values are'} staged as they were; review and save`);
  };
  return (
    <section class="travel" aria-label="Time travel">
      <label>
        <span>
          As it was <strong>{moment}</strong>
        </span>
        <input
          type="range"
          min={0}
          max={entries.length}
          step={1}
          value={entries.length - back.value}
          aria-valuetext={moment}
          onInput={(event) => {
            back.value = entries.length - Number(event.currentTarget.value);
          }}
        />
      </label>
      {past === null && <p class="muted">It did not exist then.</p>}
      {differing.length > 0 && (
        <>
          <dl class="difference">
            {differing.map((name) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <ins>{shown(past?.[name])}</ins>
                  <span class="muted">now {shown(now[name])}</span>
                </dd>
              </div>
            ))}
          </dl>
          {table.updatable && <Button icon="restore" label="Stage these values" onClick={restore} />}
        </>
      )}
    </section>
  );
}

/** What the log has in place of a masked value. */
const MASK = '***';
