import { shownName } from '../app/catalog.ts';
import { duplicate, isDeleted, rowAt } from '../grid/actions.ts';
import { opened, rowCount, source } from '../grid/state.ts';
import { stageRemoval, unstage } from '../stage/staged.ts';
import { Button } from '../ui/button.tsx';
import { Fields } from './fields.tsx';
import { History } from './history.tsx';
import { References } from './references.tsx';

const tabs = [
  { name: 'fields', label: 'Fields' },
  { name: 'references', label: 'References' },
  { name: 'history', label: 'History' },
] as const;

/** One row beside the grid: all its fields, what refers to it, and what happened to it. */
export function RowPanel() {
  const at = opened.value;
  const table = source.value?.table;
  if (at === null || table === undefined) return null;
  source.value?.version.value; // drawn again with the rows
  const shown = rowAt(at.row);
  const inserted = shown?.change?.kind === 'insert';
  const title = inserted ? `New row in ${shownName(table)}` : titleOf(shown?.row, table.primaryKey);
  const close = () => {
    opened.value = null;
    document.querySelector<HTMLElement>('.grid')?.focus();
  };
  const visible = tabs.filter(({ name }) => !inserted && (name !== 'history' || table.auditedSince !== null));
  return (
    <aside
      class="row-panel"
      aria-label="Row"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) close();
      }}
    >
      <header class="panel-head">
        <h2>{title}</h2>
        <span class="spacer" />
        <Button quiet icon="up" label="Row above" disabled={at.row === 0} onClick={() => step(-1)} />
        <Button quiet icon="down" label="Row below" disabled={at.row >= rowCount.value - 1} onClick={() => step(1)} />
        <Button quiet icon="close" label="Close the row" keys="Esc" onClick={close} />
      </header>
      {visible.length > 1 && (
        <div class="tabs" role="tablist" aria-label="Parts of the row">
          {visible.map(({ name, label }) => (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={at.tab === name}
              onClick={() => {
                opened.value = { ...at, tab: name };
              }}
            >
              {label}
            </button>
          ))}
        </div>
      )}
      <div class="panel-body">
        {shown === undefined ? (
          <p class="muted">Loading…</p>
        ) : at.tab === 'references' && !inserted ? (
          <References table={table} row={shown.row} />
        ) : at.tab === 'history' && !inserted && table.auditedSince !== null ? (
          <History table={table} row={shown.row} />
        ) : (
          <Fields key={inserted ? shown.change?.id : title} table={table} index={at.row} shown={shown} />
        )}
      </div>
      {shown !== undefined && (
        <footer class="panel-foot">
          {shown.change !== undefined && (
            <Button icon="undo" label="Take back" onClick={() => unstage(shown.change?.id ?? '')} />
          )}
          <span class="spacer" />
          {!inserted && table.insertable && <Button icon="copy" label="Duplicate" onClick={() => duplicate([shown])} />}
          {!inserted && table.deletable && table.primaryKey.length > 0 && <Removal table={table} row={shown.row} />}
        </footer>
      )}
    </aside>
  );
}

function Removal({ table, row }: Parameters<typeof References>[0]) {
  if (!isDeleted(table, row))
    return <Button danger icon="trash" label="Delete" onClick={() => stageRemoval(table, row, 'delete')} />;
  return (
    <>
      <Button danger label="Purge" onClick={() => stageRemoval(table, row, 'purge')} />
      <Button icon="restore" label="Restore" onClick={() => stageRemoval(table, row, 'restore')} />
    </>
  );
}

function step(by: number): void {
  const at = opened.value;
  if (at !== null) opened.value = { ...at, row: Math.max(0, Math.min(rowCount.value - 1, at.row + by)) };
}

function titleOf(row: Readonly<Record<string, unknown>> | undefined, key: readonly string[]): string {
  if (row === undefined) return 'Row';
  const values = key.map((name) => String(row[name]));
  return values.length === 0 ? 'Row' : values.join(' · ');
}
