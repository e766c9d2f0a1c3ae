import { catalog, type Table } from '../app/catalog.ts';
import { route, type TableRoute } from '../app/route.ts';
import { RowPanel } from '../row/panel.tsx';
import { Grid } from './grid.tsx';
import { opened, rowCount, source } from './state.ts';
import { Toolbar } from './toolbar.tsx';

export function TableView() {
  const rows = source.value;
  if (rows === null) {
    const at = route.value;
    if (catalog.value === null) return <p class="loading muted">Loading…</p>;
    return <p class="notice bad">There is no table {at.view === 'table' ? at.table : ''} here.</p>;
  }
  const error = rows.error.value;
  const empty = !rows.loading.value && error === null && rowCount.value === 0 && rows.total.value === 0;
  return (
    <div class={opened.value === null ? 'table-view' : 'table-view with-panel'}>
      <div class="table-main">
        <Toolbar source={rows} />
        {error !== null && (
          <p class="notice bad" role="alert">
            {error}
          </p>
        )}
        <Grid source={rows} />
        {empty && <p class="empty muted">{emptyText(rows.table, rows.route)}</p>}
        {rows.loading.value && rowCount.value === 0 && <p class="empty late muted">Reading…</p>}
      </div>
      {opened.value !== null && <RowPanel />}
    </div>
  );
}

function emptyText({ insertable, softDelete }: Table, at: TableRoute): string {
  const narrowed = at.filters.length > 0 || at.search !== '';
  const hidden = softDelete !== null && !at.deleted ? ', or look among the deleted ones' : '';
  return narrowed
    ? `No row matches. Take a filter away${hidden}.`
    : `No rows here yet.${insertable ? ' Press N for the first one, or import a file from the menu.' : ''}`;
}
