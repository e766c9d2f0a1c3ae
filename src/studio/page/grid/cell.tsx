import { foreignKeyOf, type Table } from '../app/catalog.ts';
import { type Change, stagedValue } from '../stage/staged.ts';
import { Icon } from '../ui/icon.tsx';
import { ownForeignKey } from './candidates.ts';
import { ValueEditor } from './editor.tsx';
import type { GridEvents } from './grid-events.ts';
import { absentText, isNumeric, kindOf } from './kind.ts';
import { type PlacedColumn, placeOf } from './layout.ts';
import type { Row } from './query.ts';
import { Value } from './value.tsx';

interface CellProps {
  readonly table: Table;
  readonly place: PlacedColumn;
  readonly row: Row | undefined;
  readonly change: Change | undefined;
  readonly rowIndex: number;
  readonly index: number;
  readonly active: boolean;
  /** While its value is edited: what that began with. */
  readonly editing: { readonly typed?: string } | null;
  readonly on: GridEvents;
}

/** A value of a row, or its editor. */
export function GridCell(props: CellProps) {
  const { place, row, change, active, editing, on, index, rowIndex } = props;
  const { column, pinned } = place;
  const classes = [
    'cell',
    isNumeric(kindOf(column)) && 'numeric',
    pinned ? 'pinned' : 'placed',
    active && 'active',
    change?.kind === 'update' && column.name in change.values && 'dirty',
    editing !== null && 'editing',
  ];
  return (
    <div
      id={`cell-${rowIndex}-${index}`}
      role="gridcell"
      aria-colindex={index + 2}
      class={classes.filter(Boolean).join(' ')}
      style={placeOf(place)}
      onMouseDown={() => on.activate(rowIndex, index)}
      onDblClick={() => on.edit(rowIndex, index)}
    >
      {editing !== null ? (
        <CellEditor {...props} typed={editing.typed} />
      ) : row === undefined ? (
        <span class="waiting" />
      ) : (
        <CellValue {...props} row={row} />
      )}
    </div>
  );
}

function CellEditor({
  table,
  place,
  row,
  change,
  on,
  index,
  rowIndex,
  typed,
}: CellProps & { readonly typed: string | undefined }) {
  const { column } = place;
  return (
    <ValueEditor
      column={column}
      value={row === undefined ? undefined : stagedValue(change, row, column.name)}
      foreignKey={ownForeignKey(table, column.name)}
      typed={typed}
      isNew={change?.kind === 'insert'}
      onCommit={(given, leave) => on.commit(rowIndex, index, given, leave)}
      onCancel={() => on.cancel()}
    />
  );
}

function CellValue({ table, place, row, change, on, rowIndex }: CellProps & { readonly row: Row }) {
  const { column, width } = place;
  const value = stagedValue(change, row, column.name);
  const key = foreignKeyOf(table, column.name);
  return (
    <>
      <span class="cell-text" data-column={column.name} title={overflowing(value, width)}>
        {change?.kind === 'insert' && value === undefined ? (
          <span class="null">{absentText(column)}</span>
        ) : (
          <Value column={column} value={value} />
        )}
      </span>
      {key !== undefined && value != null && (
        <button
          type="button"
          tabIndex={-1}
          class="follow"
          aria-label={`Open ${key.table} ${String(value)}`}
          title={`Open in ${key.table} (O)`}
          onClick={() => on.follow(rowIndex, column.name)}
        >
          <Icon name="right" />
        </button>
      )}
    </>
  );
}

/** Pixels of a letter, about. */
const LETTER = 7;
/** Letters of a hint. */
const LONGEST = 1_000;

/** The whole value, where its cell cannot show it. */
function overflowing(value: unknown, width: number): string | undefined {
  if (value === null || value === undefined || typeof value === 'boolean') return undefined;
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.length * LETTER > width - 20 ? text.slice(0, LONGEST) : undefined;
}
