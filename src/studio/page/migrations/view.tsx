import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { MigrationEntry, MigrationsSummary } from '../../api/shapes.ts';
import { told } from '../api/failure.ts';
import { studio } from '../api/studio.ts';
import { Button } from '../ui/button.tsx';
import { SqlBlock } from '../ui/sql-block.tsx';
import { DriftReport } from './drift.tsx';

/** Where the database stands among its migrations, and how it differs from them and from the schema. */
export function MigrationsView() {
  const summary = useSignal<MigrationsSummary | null>(null);
  const failed = useSignal<string | null>(null);
  const picked = useSignal<string | null>(null);
  const load = () =>
    studio.migrations().then(
      (found) => {
        summary.value = found;
        failed.value = null;
      },
      (error: unknown) => {
        failed.value = told(error);
      },
    );
  useEffect(() => void load(), []);
  if (failed.value !== null) return <p class="notice bad">{failed.value}</p>;
  if (summary.value === null) return <p class="loading muted">Loading…</p>;
  const { entries } = summary.value;
  const pending = entries.filter(({ state }) => state === 'pending').length;
  return (
    <div class="migrations">
      <section aria-label="Migrations">
        <header class="section-head">
          <h2>
            {entries.length} {entries.length === 1 ? 'migration' : 'migrations'}
          </h2>
          {entries.length > 0 && (
            <span class={pending === 0 ? 'tag tag-4' : 'tag tag-1'}>
              {pending === 0 ? 'all applied' : `${pending} pending`}
            </span>
          )}
          <span class="spacer" />
          <Button quiet icon="refresh" label="Look again" onClick={() => void load()} />
        </header>
        <ol class="migration-list">
          {entries.map((entry) => (
            <Entry
              key={entry.name}
              entry={entry}
              open={picked.value === entry.name}
              onToggle={() => {
                picked.value = picked.value === entry.name ? null : entry.name;
              }}
            />
          ))}
        </ol>
        {entries.length === 0 && <p class="muted">There are none yet: hutch migrate generate writes the first.</p>}
        <Unsaved summary={summary.value} />
      </section>
      <DriftReport />
    </div>
  );
}

/** What is in the project or the database beside its migrations. */
function Unsaved({ summary: { objects, unsaved } }: { readonly summary: MigrationsSummary }) {
  return (
    <>
      {objects.length > 0 && (
        <p class="notice">
          Functions and triggers to apply: {objects.join(', ')}. <code>hutch migrate up</code> does it.
        </p>
      )}
      {unsaved.length > 0 && (
        <section>
          <header class="section-head">
            <h2>In the database, and in no migration yet</h2>
          </header>
          <SqlBlock text={unsaved.join(';\n')} />
          <p class="muted">
            <code>hutch migrate generate</code> writes them into one.
          </p>
        </section>
      )}
    </>
  );
}

interface EntryProps {
  readonly entry: MigrationEntry;
  readonly open: boolean;
  readonly onToggle: () => void;
}

function Entry({ entry, open, onToggle }: EntryProps) {
  const { label, state, appliedAt, sql, downSql } = entry;
  return (
    <li>
      <button type="button" class="migration" aria-expanded={open} onClick={onToggle}>
        <span class={`state ${state}`}>{state}</span>
        <span class="name">{label}</span>
        {notes(entry).map((note) => (
          <span key={note} class="tag tag-1">
            {note}
          </span>
        ))}
        <span class="muted when">{appliedAt?.slice(0, 16) ?? ''}</span>
      </button>
      {open && sql !== null && (
        <div class="migration-sql">
          <h3>Up</h3>
          <SqlBlock text={sql} />
          <h3>Down</h3>
          {downSql === null ? <p class="muted">There is no way down.</p> : <SqlBlock text={downSql} />}
        </div>
      )}
    </li>
  );
}

function notes({ edited, outOfOrder, down, state }: MigrationEntry): readonly string[] {
  return [
    ...(edited ? ['edited since it was applied'] : []),
    ...(outOfOrder ? ['out of order'] : []),
    ...(state === 'missing' ? ['its file is gone'] : []),
    ...(down === 'none' ? ['no way down'] : down === 'irreversible' ? ['loses data on the way down'] : []),
  ];
}
