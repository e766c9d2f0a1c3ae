import { catalog, counts, nameOf, shownName } from './catalog.ts';
import { printRoute, tableRoute } from './route.ts';

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
                {counts.value.get(nameOf(table))?.rows?.toLocaleString('en') ?? '–'} rows · {table.columns.length}{' '}
                columns
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
