import { useSignal } from '@preact/signals';
import { Icon, type IconName } from '../ui/icon.tsx';
import { SearchBox } from '../ui/search-box.tsx';
import { catalog, counts, nameOf, shownName, type Table } from './catalog.ts';
import { drawer } from './overlay.ts';
import { printRoute, type Route, route, tableRoute } from './route.ts';

const places: readonly {
  readonly view: 'home' | 'sql' | 'live' | 'slow' | 'migrations';
  readonly label: string;
  readonly icon: IconName;
}[] = [
  { view: 'home', label: 'Overview', icon: 'home' },
  { view: 'sql', label: 'SQL', icon: 'sql' },
  { view: 'live', label: 'Requests', icon: 'live' },
  { view: 'slow', label: 'Slow queries', icon: 'slow' },
  { view: 'migrations', label: 'Migrations', icon: 'migrations' },
];

export function Sidebar() {
  const wanted = useSignal('');
  const needle = wanted.value.trim().toLowerCase();
  const all = catalog.value?.tables ?? [];
  const shown = all.filter((table) => shownName(table).toLowerCase().includes(needle));
  const relations = shown.filter(({ kind }) => !kind.includes('view'));
  const views = shown.filter(({ kind }) => kind.includes('view'));
  return (
    <nav id="sidebar" class={drawer.value ? 'sidebar open' : 'sidebar'} aria-label="Tables and tools">
      <ul class="places">
        {places
          .filter(({ view }) => view !== 'migrations' || catalog.value?.migrations !== false)
          .map(({ view, label, icon }) => (
            <li key={view}>
              <Link to={{ view }} current={route.value.view === view}>
                <Icon name={icon} />
                <span>{label}</span>
              </Link>
            </li>
          ))}
      </ul>
      <SearchBox
        class="tables-search"
        label="Filter tables"
        value={wanted.value}
        onText={(text) => {
          wanted.value = text;
        }}
        onKeyDown={(event) => {
          const [first] = shown;
          if (event.key === 'Enter' && first !== undefined) location.hash = printRoute(tableRoute(first));
        }}
      />
      <TableList title="Tables" tables={relations} />
      <TableList title="Views" tables={views} />
      {all.length > 0 && shown.length === 0 && <p class="muted hint">No table is called that.</p>}
    </nav>
  );
}

function TableList({ title, tables }: { readonly title: string; readonly tables: readonly Table[] }) {
  if (tables.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <ul class="tables">
        {tables.map((table) => (
          <li key={nameOf(table)}>
            <Link to={tableRoute(table)} current={isCurrent(table)}>
              <Icon name={table.kind.includes('view') ? 'view' : 'table'} />
              <span class="name">{shownName(table)}</span>
              <Count table={table} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

const isCurrent = (table: Table): boolean => {
  const at = route.value;
  return at.view === 'table' && at.schema === table.schema && at.table === table.name;
};

function Count({ table }: { readonly table: Table }) {
  const count = counts.value.get(nameOf(table));
  if (count?.rows == null) return null;
  const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(count.rows);
  return (
    <span class="count" title={`${count.exact ? '' : 'about '}${count.rows.toLocaleString('en')} rows`}>
      {count.exact ? short : `~${short}`}
    </span>
  );
}

function Link({
  to,
  current,
  children,
}: {
  readonly to: Route;
  readonly current: boolean;
  readonly children: preact.ComponentChildren;
}) {
  return (
    <a
      href={printRoute(to)}
      aria-current={current ? 'page' : undefined}
      onClick={() => {
        drawer.value = false;
      }}
    >
      {children}
    </a>
  );
}
