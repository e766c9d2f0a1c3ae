import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { rest, totalOf } from '../api/rest.ts';
import { type ForeignKey, profileOf, type Referrer, referrersOf, shownName, type Table } from '../app/catalog.ts';
import { printRoute, tableRoute } from '../app/route.ts';
import { equals, referenceFilters } from '../grid/actions.ts';
import { type Filter, parameterOf } from '../grid/filter.ts';
import type { Row } from '../grid/query.ts';
import { Icon } from '../ui/icon.tsx';
import { Called } from './called.tsx';

interface ReferencesProps {
  readonly table: Table;
  readonly row: Row;
}

/** Foreign keys in both directions: what this row refers to, and what refers to it. */
export function References({ table, row }: ReferencesProps) {
  const outward = table.foreignKeys.flatMap((key) => {
    const filters = referenceFilters(key, row);
    return filters === undefined ? [] : { key, filters };
  });
  const inward = referrersOf(table);
  return (
    <div class="references">
      <h3>Refers to</h3>
      <ul>
        {outward.map(({ key, filters }) => (
          <Outward key={key.name} reference={key} filters={filters} />
        ))}
      </ul>
      {outward.length === 0 && <p class="muted">Nothing.</p>}
      <h3>Referenced by</h3>
      <ul>
        {inward.map((referrer) => (
          <Inward key={referrer.key.name + referrer.table.name} referrer={referrer} row={row} />
        ))}
      </ul>
      {inward.length === 0 && <p class="muted">No table has a key to this one.</p>}
    </div>
  );
}

function Outward({ reference, filters }: { readonly reference: ForeignKey; readonly filters: readonly Filter[] }) {
  const target = { schema: reference.schema, name: reference.table };
  const key = filters.map(({ value }) => value).join(' · ');
  const only = filters.length === 1 ? filters[0] : undefined;
  return (
    <li>
      <a href={printRoute(tableRoute(target, filters, true))}>
        <Icon name="right" />
        <span>
          {shownName(target)} <span class="muted">by {reference.columns.join(', ')}</span>
        </span>
        <span class="count" title={key}>
          {only === undefined ? key : <Called foreignKey={reference} value={only.value} otherwise={key} />}
        </span>
      </a>
    </li>
  );
}

function Inward({ referrer, row }: { readonly referrer: Referrer; readonly row: Row }) {
  const { table, key } = referrer;
  const total = useSignal<number | null>(null);
  const filters = key.columns.map((name, index) => equals(name, row[key.foreignColumns[index] ?? '']));
  const query = new URLSearchParams(filters.map((filter) => [...parameterOf(filter)])).toString();
  useEffect(() => {
    const request = new AbortController();
    rest(`/${encodeURIComponent(table.name)}?${query}&limit=1`, {
      method: 'HEAD',
      schema: profileOf(table),
      headers: { prefer: 'count=exact' },
      signal: request.signal,
    })
      .then((response) => {
        total.value = totalOf(response);
      })
      .catch(() => undefined); // counted is a nicety
    return () => request.abort();
  }, [query, table]);
  return (
    <li>
      <a href={printRoute(tableRoute(table, filters))}>
        <Icon name="table" />
        <span>
          {shownName(table)} <span class="muted">by {key.columns.join(', ')}</span>
        </span>
        <span class="count">{total.value?.toLocaleString('en') ?? '–'}</span>
      </a>
    </li>
  );
}
