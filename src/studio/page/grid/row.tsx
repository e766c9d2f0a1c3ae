import { Component } from 'preact';
import type { Table } from '../app/catalog.ts';
import type { Change } from '../stage/staged.ts';
import { Icon } from '../ui/icon.tsx';
import { GridCell } from './cell.tsx';
import { drawnColumns } from './column-window.ts';
import type { GridEvents } from './grid-events.ts';
import { GUTTER, type PlacedColumn, px } from './layout.ts';
import type { Row } from './query.ts';

export interface GridRowProps {
  readonly table: Table;
  readonly index: number;
  readonly row: Row | undefined;
  readonly change: Change | undefined;
  readonly top: number;
  readonly width: number;
  readonly columns: readonly PlacedColumn[];
  /** The columns that are drawn beside the pinned ones. */
  readonly from: number;
  readonly to: number;
  /** The active cell's column, where it is in this row; -1 elsewhere. */
  readonly active: number;
  readonly editing: { readonly column: number; readonly typed?: string } | null;
  readonly ticked: boolean;
  readonly opened: boolean;
  readonly on: GridEvents;
}

/** One row; drawn again only when something of it has changed. */
export class GridRow extends Component<GridRowProps> {
  override shouldComponentUpdate(next: GridRowProps): boolean {
    const now = this.props;
    return (Object.keys(next) as (keyof GridRowProps)[]).some((name) => now[name] !== next[name]);
  }

  override render() {
    const { table, index, row, change, top, width, columns, from, to, editing, ticked, opened, on } = this.props;
    const deleted = row !== undefined && table.softDelete !== null && row[table.softDelete.column] != null;
    const classes = [
      'grid-row',
      change !== undefined && `staged-${change.kind}`,
      deleted && 'deleted',
      opened && 'opened',
      editing !== null && 'with-editor',
    ];
    return (
      <div
        role="row"
        aria-rowindex={index + 2}
        aria-selected={ticked}
        class={classes.filter(Boolean).join(' ')}
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
        {drawnColumns(columns, { from, to }, editing?.column).map((column) => this.cell(column))}
      </div>
    );
  }

  private cell(index: number) {
    const { table, columns, row, change, active, editing, on, index: rowIndex } = this.props;
    const place = columns[index];
    if (place === undefined) return null;
    const typed = editing?.column === index ? editing : null;
    const shared = { table, place, row, change, on, rowIndex, index, active: active === index };
    return <GridCell key={place.column.name} {...shared} editing={typed} />;
  }
}
