import { catalog, counts, nameOf, shownName, type Table } from './catalog.ts';
import { printRoute, tableRoute } from './route.ts';

const plural = (count: number, name: string): string =>
  `${count.toLocaleString('en')} ${name}${count === 1 ? '' : 's'}`;

/** Views, and tables that are not counted yet, have no number. */
function rowsOf(table: Table): string {
  const rows = counts.value.get(nameOf(table))?.rows;
  return rows == null ? '' : `${plural(rows, 'row')} · `;
}

/** Before a table is chosen: all of them, with what they hold. */
export function Home() {
  const tables = catalog.value?.tables ?? [];
  return (
    <div class="home">
      <ul class="cards">
        {tables.map((table) => (
          <li key={nameOf(table)}>
            <a href={printRoute(tableRoute(table))}>
              <strong>{shownName(table)}</strong>
              <span class="muted">
                {rowsOf(table)}
                {plural(table.columns.length, 'column')}
              </span>
              <span class="traits">
                {table.softDelete !== null && <span class="tag">soft delete</span>}
                {table.auditedSince !== null && <span class="tag">history</span>}
                {table.rowSecurity && <span class="tag">policies</span>}
                {table.kind !== 'table' && <span class="tag">{table.kind}</span>}
              </span>
            </a>
          </li>
        ))}
      </ul>
      {catalog.value !== null && tables.length === 0 && (
        <p class="notice">
          The database has no tables yet. Declare one in the Drizzle schema, or create one in{' '}
          <a href={printRoute({ view: 'sql' })}>SQL</a>.
        </p>
      )}
    </div>
  );
}
