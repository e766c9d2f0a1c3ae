import { shownName, type Table } from '../app/catalog.ts';
import { duplicate, isDeleted, rowAt, type Shown } from '../grid/actions.ts';
import { calledOf } from '../grid/candidates.ts';
import { opened, rowCount, source } from '../grid/state.ts';
import { stageRemoval, unstage } from '../stage/staged.ts';
import { Button } from '../ui/button.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { Fields } from './fields.tsx';
import { History } from './history.tsx';
import { References } from './references.tsx';

type Tab = 'fields' | 'references' | 'history';

const labels: Readonly<Record<Tab, string>> = { fields: 'Fields', references: 'References', history: 'History' };

/** One row beside the grid: all its fields, what refers to it, and what happened to it. */
export function RowPanel() {
  const at = opened.value;
  const table = source.value?.table;
  if (at === null || table === undefined) return null;
  source.value?.version.value; // drawn again with the rows
  const shown = rowAt(at.row);
  const tabs = tabsOf(table, shown);
  return (
    <aside
      class="row-panel"
      aria-label="Row"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) close();
      }}
    >
      <PanelHead table={table} shown={shown} index={at.row} />
      {tabs.length > 1 && (
        <Tabs
          label="Parts of the row"
          tabs={tabs.map((name) => ({ name, label: labels[name] }))}
          chosen={at.tab}
          onChoose={(tab) => {
            opened.value = { ...at, tab };
          }}
        />
      )}
      <div class="panel-body">
        {shown === undefined ? (
          <p class="muted">Loading…</p>
        ) : (
          <Part tab={tabs.includes(at.tab) ? at.tab : 'fields'} table={table} index={at.row} shown={shown} />
        )}
      </div>
      {shown !== undefined && <PanelFoot table={table} shown={shown} />}
    </aside>
  );
}

function close(): void {
  opened.value = null;
  document.querySelector<HTMLElement>('.grid')?.focus();
}

/** Of a row that is not there yet there is nothing but its fields. */
function tabsOf(table: Table, shown: Shown | undefined): readonly Tab[] {
  if (shown?.change?.kind === 'insert') return ['fields'];
  return table.auditedSince === null ? ['fields', 'references'] : ['fields', 'references', 'history'];
}

interface PanelProps {
  readonly table: Table;
  readonly shown: Shown;
}

interface PartProps extends PanelProps {
  readonly tab: Tab;
  readonly index: number;
}

function Part({ tab, table, shown, index }: PartProps) {
  if (tab === 'references') return <References table={table} row={shown.row} />;
  if (tab === 'history') return <History table={table} row={shown.row} />;
  const key = shown.change?.kind === 'insert' ? shown.change.id : keyText(table, shown);
  return <Fields key={key} table={table} index={index} shown={shown} />;
}

interface HeadProps {
  readonly table: Table;
  readonly shown: Shown | undefined;
  readonly index: number;
}

function PanelHead({ table, shown, index }: HeadProps) {
  const inserted = shown?.change?.kind === 'insert';
  return (
    <header class="panel-head">
      <h2>
        {inserted ? `New row in ${shownName(table)}` : shown === undefined ? 'Row' : keyText(table, shown)}
        {shown !== undefined && !inserted && <span class="muted"> {calledOf(table, shown.row)}</span>}
      </h2>
      <span class="spacer" />
      <Button quiet icon="up" label="Row above" disabled={index === 0} onClick={() => step(-1)} />
      <Button quiet icon="down" label="Row below" disabled={index >= rowCount.value - 1} onClick={() => step(1)} />
      <Button quiet icon="close" label="Close the row" keys="Esc" onClick={close} />
    </header>
  );
}

function PanelFoot({ table, shown }: PanelProps) {
  const inserted = shown.change?.kind === 'insert';
  return (
    <footer class="panel-foot">
      {shown.change !== undefined && (
        <Button icon="undo" label="Take back" onClick={() => unstage(shown.change?.id ?? '')} />
      )}
      <span class="spacer" />
      {!inserted && table.insertable && <Button icon="copy" label="Duplicate" onClick={() => duplicate([shown])} />}
      {!inserted && table.deletable && table.primaryKey.length > 0 && <Removal table={table} row={shown.row} />}
    </footer>
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

function keyText({ primaryKey }: Table, { row }: Shown): string {
  return primaryKey.length === 0 ? 'Row' : primaryKey.map((name) => String(row[name])).join(' · ');
}
