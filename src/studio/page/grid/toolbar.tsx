import { useSignal } from '@preact/signals';
import { counts, nameOf } from '../app/catalog.ts';
import { go, type TableRoute } from '../app/route.ts';
import { Button } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { focusRows } from '../ui/modal.ts';
import { SearchBox } from '../ui/search-box.tsx';
import { activeFilter, addRow, toggleDeleted } from './actions.ts';
import { ColumnsMenu } from './columns-menu.tsx';
import { FilterChips, FilterForm } from './filters.tsx';
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
        <ColumnsMenu table={table} />
        {table.softDelete !== null && (
          <Button icon="trash" label="Deleted" pressed={route.deleted} class="collapses" onClick={toggleDeleted} />
        )}
        <span class="spacer" />
        <span role="status">
          <Total source={source} />
        </span>
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
    <SearchBox
      main
      label="Find in text columns"
      value={route.search}
      onText={(search) => {
        clearTimeout(timer.value);
        timer.value = window.setTimeout(() => go({ ...route, search }, true), PAUSE);
      }}
      onKeyDown={({ key }) => {
        if (key === 'Enter' || key === 'ArrowDown') focusRows();
      }}
    />
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
