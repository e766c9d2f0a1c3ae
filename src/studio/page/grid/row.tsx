import { Component } from 'preact';
import { foreignKeyOf, type Table } from '../app/catalog.ts';
import { type Change, stagedValue } from '../stage/staged.ts';
import { Icon } from '../ui/icon.tsx';
import { ownForeignKey } from './candidates.tsx';
import type { Leave } from './editing.ts';
import { ValueEditor } from './editor.tsx';
import { absentText, isNumeric, kindOf } from './kind.ts';
import { type PlacedColumn, px } from './layout.ts';
import type { Row } from './query.ts';
import { Value } from './value.tsx';

export interface GridRowProps {
  readonly table: Table;
  readonly index: number;
  readonly row: Row | undefined;
  readonly change: Change | undefined;
  readonly top: number;
  readonly width: number;
  readonly columns: readonly PlacedColumn[];
  /** The active cell's column, where it is in this row; -1 elsewhere. */
  readonly active: number;
  readonly editing: { readonly column: number; readonly typed?: string } | null;
  readonly ticked: boolean;
  readonly opened: boolean;
  readonly on: GridEvents;
}

/** What a row tells the grid; one object for all rows, so that rows can be compared by their properties. */
export interface GridEvents {
  activate(row: number, column: number): void;
  edit(row: number, column: number): void;
  commit(row: number, column: number, value: unknown, leave: Leave): void;
  cancel(): void;
  follow(row: number, column: string): void;
  /** `onwards`: also those between it and the row that was ticked before. */
  tick(row: number, onwards: boolean): void;
  open(row: number): void;
}

/** Pixels of the column with tick box and row button. */
export const GUTTER = 62;

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

/** One row; drawn again only when something of it has changed. */
export class GridRow extends Component<GridRowProps> {
  override shouldComponentUpdate(next: GridRowProps): boolean {
    const now = this.props;
    return (Object.keys(next) as (keyof GridRowProps)[]).some((name) => now[name] !== next[name]);
  }

  override render() {
    const { table, index, row, change, top, width, columns, ticked, opened, on } = this.props;
    const deleted = row !== undefined && table.softDelete !== null && row[table.softDelete.column] != null;
    const state = change === undefined ? '' : ` staged-${change.kind}`;
    return (
      <div
        role="row"
        aria-rowindex={index + 2}
        aria-selected={ticked}
        class={`grid-row${state}${deleted ? ' deleted' : ''}${opened ? ' opened' : ''}`}
        style={{ transform: `translateY(${top}px)`, width: px(width) }}
      >
        <div role="gridcell" class="gutter" style={{ width: px(GUTTER) }}>
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={`Select row ${index + 1}`}
            checked={ticked}
            onClick={(event) => on.tick(index, event.shiftKey)}
          />
          <button type="button" tabIndex={-1} aria-label={`Open row ${index + 1}`} onClick={() => on.open(index)}>
            <Icon name="panel" />
          </button>
        </div>
        {columns.map((place, column) => this.cell(place, column))}
      </div>
    );
  }

  private cell(place: PlacedColumn, index: number) {
    const { row, change, active, editing, on, index: rowIndex, table } = this.props;
    const { column, width, left, pinned } = place;
    const inserted = change?.kind === 'insert';
    const value = row === undefined ? undefined : stagedValue(change, row, column.name);
    const dirty = change !== undefined && 'values' in change && column.name in change.values;
    const isEditing = editing?.column === index;
    const classes = [
      'cell',
      isNumeric(kindOf(column)) && 'numeric',
      pinned && 'pinned',
      active === index && 'active',
      dirty && 'dirty',
      isEditing && 'editing',
    ];
    const key = foreignKeyOf(table, column.name);
    return (
      <div
        key={column.name}
        id={`cell-${rowIndex}-${index}`}
        role="gridcell"
        aria-colindex={index + 2}
        class={classes.filter(Boolean).join(' ')}
        style={pinned ? { width: px(width), left: px(left + GUTTER) } : { width: px(width) }}
        onMouseDown={() => on.activate(rowIndex, index)}
        onDblClick={() => on.edit(rowIndex, index)}
      >
        {isEditing ? (
          <ValueEditor
            column={column}
            value={value}
            foreignKey={ownForeignKey(table, column.name)}
            typed={editing.typed}
            isNew={inserted}
            onCommit={(given, leave) => on.commit(rowIndex, index, given, leave)}
            onCancel={() => on.cancel()}
          />
        ) : row === undefined ? (
          <span class="waiting" />
        ) : (
          <>
            <span class="cell-text" data-column={column.name} title={overflowing(value, width)}>
              {inserted && value === undefined ? (
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
        )}
      </div>
    );
  }
}
