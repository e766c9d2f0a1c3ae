import type { Table } from '../app/catalog.ts';
import { overlay } from '../app/overlay.ts';
import { chosenAs, type Format } from '../transfer/copy.ts';
import { exportRows } from '../transfer/export.ts';
import { copy } from '../ui/copy.ts';
import type { IconName } from '../ui/icon.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { chosenRows, duplicate, isDeleted, removeChosen } from './actions.ts';
import { ticked } from './state.ts';

/** Something to do with rows; the palette offers it too. */
export interface RowAction {
  readonly icon: IconName;
  readonly label: string;
  readonly keys?: string;
  run(): void;
}

/** What can be done with the ticked rows, or with the active one. */
export function rowActions(table: Table): readonly RowAction[] {
  const rows = chosenRows();
  if (rows.length === 0) return [];
  const what = ticked.value.size === 0 ? 'row' : `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;
  const marked = rows.some(({ row }) => isDeleted(table, row));
  const removable = table.deletable && table.primaryKey.length > 0;
  const copied = (format: Format, name: string): RowAction => ({
    icon: 'copy',
    label: `Copy ${what} as ${name}`,
    run: () => void copy(chosenAs(format).text, name),
  });
  const remove = (kind: Parameters<typeof removeChosen>[0], label: string, icon: IconName, keys?: string) =>
    ({ icon, label, keys, run: () => removeChosen(kind) }) satisfies RowAction;
  return [
    ...(table.insertable
      ? [{ icon: 'plus' as const, label: `Duplicate ${what}`, keys: 'Ctrl D', run: () => duplicate(rows) }]
      : []),
    ...(removable ? [remove('delete', `Delete ${what}`, 'trash', 'Del')] : []),
    ...(removable && marked ? [remove('restore', `Restore ${what}`, 'restore')] : []),
    ...(removable && table.softDelete !== null ? [remove('purge', `Purge ${what} for good`, 'close')] : []),
    copied('csv', 'CSV'),
    copied('json', 'JSON'),
    copied('sql', 'INSERT'),
  ];
}

/** What can be done with all rows that the filters let through. */
export function tableActions(table: Table): readonly RowAction[] {
  return [
    { icon: 'open', label: 'Export as CSV', run: () => void exportRows('csv') },
    { icon: 'open', label: 'Export as JSON lines', run: () => void exportRows('ndjson') },
    ...(table.insertable
      ? [{ icon: 'plus' as const, label: 'Import a file…', run: () => (overlay.value = 'import') }]
      : []),
  ];
}

export function MoreMenu({ table }: { readonly table: Table }) {
  const count = ticked.value.size;
  const label = count > 0 ? `${count} ${count === 1 ? 'row' : 'rows'}` : 'More';
  return (
    <Menu label={label} icon="menu" quiet={count === 0} align="end">
      {(close) => (
        <div class="menu-list">
          <Items actions={rowActions(table)} onDone={close} />
          <hr />
          <Items actions={tableActions(table)} onDone={close} />
        </div>
      )}
    </Menu>
  );
}

function Items({ actions, onDone }: { readonly actions: readonly RowAction[]; readonly onDone: () => void }) {
  return actions.map(({ icon, label, keys, run }) => (
    <MenuItem
      key={label}
      icon={icon}
      label={label}
      keys={keys}
      onClick={() => {
        onDone();
        run();
      }}
    />
  ));
}
