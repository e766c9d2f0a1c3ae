import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ColumnStats } from '../../api/shapes.ts';
import { actingAs } from '../api/actor.ts';
import { told } from '../api/failure.ts';
import { studio } from '../api/studio.ts';
import { type Column, shownType, type Table } from '../app/catalog.ts';
import { closeOverlay } from '../app/overlay.ts';
import { go, type TableRoute } from '../app/route.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { equals, shownColumns } from './actions.ts';
import type { Filter } from './filter.ts';
import { filterParameters } from './query.ts';
import { active, source } from './state.ts';

/** What the active column holds, by the rows that the filters let through or a sample of them. */
export function ColumnDialog() {
  const rows = source.value;
  const column = shownColumns()[active.value.column]?.column;
  if (rows === null || column === undefined) return null;
  return (
    <Dialog title={column.name} onClose={closeOverlay}>
      <Stats key={column.name} table={rows.table} route={rows.route} column={column} />
    </Dialog>
  );
}

interface StatsProps {
  readonly table: Table;
  readonly route: TableRoute;
  readonly column: Column;
}

function Stats({ table, route, column }: StatsProps) {
  const stats = useSignal<ColumnStats | null>(null);
  const failed = useSignal<string | null>(null);
  const all = useSignal(false);
  const query = filterParameters(table, route).toString();
  useEffect(() => {
    const request = new AbortController();
    const narrowed = query === '' ? {} : { query };
    const wanted = { schema: table.schema, table: table.name, column: column.name, all: all.value };
    stats.value = null;
    studio.column({ ...wanted, ...narrowed, deleted: route.deleted, ...actingAs() }, request.signal).then(
      (answer) => {
        stats.value = answer;
      },
      (error: unknown) => {
        if (!request.signal.aborted) failed.value = told(error);
      },
    );
    return () => request.abort();
  }, [all.value]);
  const found = stats.value;
  if (failed.value !== null) return <p class="notice bad">{failed.value}</p>;
  return (
    <div class="column-stats">
      <p class="muted">
        {shownType(column)}
        {column.description !== null && ` · ${column.description}`}
        {query !== '' && ' · of the rows that the filters let through'}
      </p>
      {found === null ? (
        <p class="muted" role="status">
          {all.value ? 'Reading all rows…' : 'Reading…'}
        </p>
      ) : (
        <>
          <Figures stats={found} />
          {found.sampled && (
            <p class="notice">
              {query === '' ? 'All of this is of a sample.' : 'All of this is of the first rows.'}{' '}
              <Button label="Read all rows" onClick={() => (all.value = true)} />
            </p>
          )}
          <CommonValues stats={found} column={column} route={route} />
        </>
      )}
    </div>
  );
}

const shownNumber = (count: number): string => count.toLocaleString('en');

const shareOf = (count: number, rows: number): string =>
  count === 0 || rows === 0 ? '' : ` (${((count / rows) * 100).toFixed(count < rows / 100 ? 2 : 0)} %)`;

function Figures({ stats: { rows, sampled, nulls, distinct, smallest, largest } }: { readonly stats: ColumnStats }) {
  const figures: readonly (readonly [name: string, value: string | null])[] = [
    [sampled ? 'Rows of a sample' : 'Rows', shownNumber(rows)],
    ['Null', `${shownNumber(nulls)}${shareOf(nulls, rows)}`],
    ['Different values', shownNumber(distinct)],
    ['Smallest', smallest],
    ['Largest', largest],
  ];
  return (
    <dl>
      {figures.map(
        ([name, value]) =>
          value !== null && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value === '' ? <span class="null">empty</span> : value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

/** Characters of a value that the server has not cut. */
const LONGEST = 199;

/** The most common values; each narrows the grid to its rows. */
function CommonValues({
  stats,
  column,
  route,
}: Pick<StatsProps, 'column' | 'route'> & { readonly stats: ColumnStats }) {
  if (stats.common.length === 0)
    return stats.rows === stats.nulls ? null : (
      <p class="muted">Every value is there once{stats.sampled && ' in the sample'}.</p>
    );
  const narrow = (filter: Filter) => {
    closeOverlay();
    go({ ...route, filters: [...route.filters, filter] });
  };
  return (
    <>
      <h3>Most common</h3>
      <ol class="common-values">
        {stats.common.map(({ value, rows }, index) => (
          // long values may be cut to the same text
          <li key={index}>
            <button
              type="button"
              disabled={value.length > LONGEST || column.isJson}
              title="Show these rows"
              onClick={() => narrow(equals(column.name, value))}
            >
              <span class="value">{value === '' ? <span class="null">empty</span> : value}</span>
              <span class="muted">
                {shownNumber(rows)}
                {shareOf(rows, stats.rows)}
              </span>
              <span class="plan-bar" aria-hidden="true">
                <span style={{ width: `${(rows / stats.rows) * 100}%` }} />
              </span>
            </button>
          </li>
        ))}
      </ol>
    </>
  );
}
