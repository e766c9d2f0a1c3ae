import { useSignal } from '@preact/signals';
import { counts, nameOf, shownType, type Table } from '../app/catalog.ts';
import { go, type TableRoute } from '../app/route.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { activeFilter, addRow, toggleDeleted } from './actions.ts';
import { FilterChips, FilterForm } from './filters.tsx';
import { changeLayout, layoutOf, toggled } from './layout.ts';
import { MoreMenu } from './more-menu.tsx';
import type { RowSource } from './source.ts';

/** Milliseconds after the last key before a search begins. */
const PAUSE = 220;

export function Toolbar({ source }: { readonly source: RowSource }) {
  const { table, route } = source;
  return (
    <div class="toolbar-area">
      <div class="toolbar" role="toolbar" aria-label="Rows">
        <Search key={nameOf(table)} route={route} />
        <Menu id="filter" label="Filter" keys="F" icon="filter" count={route.filters.length}>
          {(close) => (
            <FilterForm
              table={table}
              start={activeFilter()}
              onDone={(filter) => {
                close();
                go({ ...route, filters: [...route.filters, filter] });
              }}
            />
          )}
        </Menu>
        <Columns table={table} />
        {table.softDelete !== null && (
          <Button icon="trash" label="Deleted" pressed={route.deleted} class="collapses" onClick={toggleDeleted} />
        )}
        <span class="spacer" />
        <Total source={source} />
        <MoreMenu table={table} />
        <Button quiet icon="refresh" label="Read the rows again" keys="R" onClick={() => void source.reload()} />
        {table.insertable && <Button primary icon="plus" label="Row" keys="N" onClick={addRow} />}
      </div>
      <FilterChips table={table} route={route} />
    </div>
  );
}

function Search({ route }: { readonly route: TableRoute }) {
  const timer = useSignal(0);
  return (
    <label class="search">
      <Icon name="search" />
      <input
        id="search"
        type="search"
        placeholder="Find in text columns"
        aria-label="Find in text columns"
        value={route.search}
        onInput={(event) => {
          const search = event.currentTarget.value;
          clearTimeout(timer.value);
          timer.value = window.setTimeout(() => go({ ...route, search }, true), PAUSE);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' || event.key === 'ArrowDown') document.querySelector<HTMLElement>('.grid')?.focus();
        }}
      />
      <kbd>/</kbd>
    </label>
  );
}

function Columns({ table }: { readonly table: Table }) {
  const layout = layoutOf(table).value;
  if (layout === undefined) return null;
  return (
    <Menu id="columns" label="Columns" keys="C" icon="columns" count={layout.hidden.length} class="collapses">
      {() => (
        <div class="column-list">
          {table.columns.map((column) => (
            <div key={column.name} class="column-item">
              <label>
                <input
                  type="checkbox"
                  checked={!layout.hidden.includes(column.name)}
                  onChange={() => changeLayout(table, { hidden: toggled(layout.hidden, column.name) })}
                />
                <span>{column.name}</span>
                <span class="muted">{shownType(column)}</span>
              </label>
              <Button
                quiet
                icon="pin"
                label={`Pin ${column.name}`}
                pressed={layout.pinned.includes(column.name)}
                onClick={() => changeLayout(table, { pinned: toggled(layout.pinned, column.name) })}
              />
            </div>
          ))}
          <Button
            label="As it was"
            onClick={() => changeLayout(table, { hidden: [], pinned: table.primaryKey, widths: {} })}
          />
        </div>
      )}
    </Menu>
  );
}

function Total({ source }: { readonly source: RowSource }) {
  const total = source.total.value;
  const all = counts.value.get(nameOf(source.table));
  const narrowed = source.route.filters.length > 0 || source.route.search !== '';
  if (total === null) return <span class="total muted">{source.error.value === null ? 'counting…' : ''}</span>;
  const text = `${source.estimated.value ? '≈ ' : ''}${total.toLocaleString('en')} ${total === 1 ? 'row' : 'rows'}`;
  if (source.estimated.value)
    return (
      <button type="button" class="total link" title="Count exactly" onClick={() => void source.countExactly()}>
        {text}
      </button>
    );
  const of = narrowed && all?.rows != null ? ` of ${all.rows.toLocaleString('en')}` : '';
  return (
    <span class="total muted">
      {text}
      <span class="of">{of}</span>
    </span>
  );
}
