import { useSignal } from '@preact/signals';
import { type Column, shownType, type Table } from '../app/catalog.ts';
import { Button } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { SearchBox } from '../ui/search-box.tsx';
import { changeLayout, type Layout, layoutOf, toggled } from './layout.ts';

/** More columns than this are looked for rather than looked through. */
const SURVEYED = 15;
/** Columns that are listed at once. */
const LISTED = 200;

/** Which columns are shown, and which stay in view. */
export function ColumnsMenu({ table }: { readonly table: Table }) {
  const layout = layoutOf(table).value;
  if (layout === undefined) return null;
  return (
    <Menu id="columns" label="Columns" keys="C" icon="columns" count={layout.hidden.length} class="collapses">
      {() => <ColumnList table={table} layout={layout} />}
    </Menu>
  );
}

function ColumnList({ table, layout }: { readonly table: Table; readonly layout: Layout }) {
  const wanted = useSignal('');
  const needle = wanted.value.trim().toLowerCase();
  const found = table.columns.filter(({ name }) => name.toLowerCase().includes(needle));
  const hide = (hidden: readonly string[]) => changeLayout(table, { hidden });
  return (
    <div class="column-list">
      {table.columns.length > SURVEYED && (
        <SearchBox
          label="Find a column"
          value={wanted.value}
          onText={(text) => {
            wanted.value = text;
          }}
        />
      )}
      {found.slice(0, LISTED).map((column) => (
        <ColumnItem key={column.name} table={table} layout={layout} column={column} />
      ))}
      {found.length > LISTED && <p class="muted hint">{found.length - LISTED} more: find them by name.</p>}
      {found.length === 0 && <p class="muted hint">No column is called that.</p>}
      <div class="column-actions">
        <Button label="Show all" disabled={layout.hidden.length === 0} onClick={() => hide([])} />
        <Button label="Hide all but pinned" onClick={() => hide(unpinned(table, layout))} />
        <Button
          label="As it was"
          onClick={() => changeLayout(table, { hidden: [], pinned: table.primaryKey, widths: {} })}
        />
      </div>
    </div>
  );
}

const unpinned = ({ columns }: Table, { pinned }: Layout): readonly string[] =>
  columns.map(({ name }) => name).filter((name) => !pinned.includes(name));

interface ColumnItemProps {
  readonly table: Table;
  readonly layout: Layout;
  readonly column: Column;
}

function ColumnItem({ table, layout, column }: ColumnItemProps) {
  const { name } = column;
  return (
    <div class="column-item">
      <label>
        <input
          type="checkbox"
          checked={!layout.hidden.includes(name)}
          onChange={() => changeLayout(table, { hidden: toggled(layout.hidden, name) })}
        />
        <span>{name}</span>
        <span class="muted">{shownType(column)}</span>
      </label>
      <Button
        quiet
        icon="pin"
        label={`Pin ${name}`}
        pressed={layout.pinned.includes(name)}
        onClick={() => changeLayout(table, { pinned: toggled(layout.pinned, name) })}
      />
    </div>
  );
}
