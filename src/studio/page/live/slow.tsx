import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SlowQuery } from '../../api/shapes.ts';
import { told } from '../api/failure.ts';
import { studio } from '../api/studio.ts';
import { Button } from '../ui/button.tsx';
import { Query } from './detail.tsx';
import { ms } from './duration.ts';
import { withOwn } from './entries.ts';
import { WithOwn } from './with-own.tsx';

const columns = ['total', 'mean', 'p95', 'max', 'count'] as const;
type Ranking = (typeof columns)[number];

const labels: Readonly<Record<Ranking, string>> = {
  total: 'Total',
  mean: 'Mean',
  p95: 'p95',
  max: 'Slowest',
  count: 'Runs',
};

/** Milliseconds between looks. */
const AGAIN = 3_000;

/** Query texts by what they cost since the server started. */
export function SlowView() {
  const { queries, failed, load } = useSlowQueries();
  const by = useSignal<Ranking>('total');
  const open = useSignal<string | null>(null);
  if (failed.value !== null) return <p class="notice bad">{failed.value}</p>;
  const ranked = (queries.value ?? [])
    .filter(({ own }) => withOwn.value || !own)
    .toSorted((a, b) => b[by.value] - a[by.value])
    .slice(0, 100);
  const most = ranked[0]?.[by.value] ?? 1;
  return (
    <div class="slow">
      <div class="toolbar">
        <span class="muted">Since the server started, by text.</span>
        <span class="spacer" />
        <WithOwn />
        <Button
          icon="trash"
          label="Start anew"
          class="collapses"
          onClick={() => {
            void studio.clearLive().then(load);
          }}
        />
      </div>
      <table>
        <Head by={by} />
        <tbody>
          {ranked.map((query) => {
            const key = `${query.own} ${query.text}`;
            return (
              <SlowRow
                key={key}
                query={query}
                share={query[by.value] / most}
                open={open.value === key}
                onToggle={() => {
                  open.value = open.value === key ? null : key;
                }}
              />
            );
          })}
        </tbody>
      </table>
      {queries.value !== null && ranked.length === 0 && <p class="muted hint">No query has run yet.</p>}
    </div>
  );
}

/** The queries as they are now, again and again as long as somebody looks. */
function useSlowQueries() {
  const queries = useSignal<readonly SlowQuery[] | null>(null);
  const failed = useSignal<string | null>(null);
  const load = () =>
    studio.slow().then(
      (found) => {
        queries.value = found;
        failed.value = null;
      },
      (error: unknown) => {
        failed.value = told(error);
      },
    );
  useEffect(() => {
    void load();
    const timer = setInterval(load, AGAIN);
    return () => clearInterval(timer);
  }, []);
  return { queries, failed, load };
}

function Head({ by }: { readonly by: Signal<Ranking> }) {
  return (
    <thead>
      <tr>
        <th scope="col">Query</th>
        {columns.map((name) => (
          <th key={name} scope="col" class="number" aria-sort={by.value === name ? 'descending' : undefined}>
            <button
              type="button"
              class={by.value === name ? 'sorter sorted' : 'sorter'}
              onClick={() => {
                by.value = name;
              }}
            >
              {labels[name]}
            </button>
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface SlowRowProps {
  readonly query: SlowQuery;
  /** Of the most costly query. */
  readonly share: number;
  readonly open: boolean;
  readonly onToggle: () => void;
}

function SlowRow({ query, share, open, onToggle }: SlowRowProps) {
  return (
    <tr>
      <td class="slow-query">
        <button type="button" class="slow-text" aria-expanded={open} onClick={onToggle}>
          <code>{query.text.replace(/\s+/g, ' ').slice(0, 400)}</code>
        </button>
        <span class="plan-bar" aria-hidden="true">
          <span style={{ width: `${Math.max(0.5, share * 100)}%` }} />
        </span>
        {open && <Query query={{ text: query.text }} />}
      </td>
      {columns.map((name) => (
        <td key={name} class="number" data-label={labels[name]}>
          {name === 'count' ? query.count.toLocaleString('en') : ms(query[name])}
          {name === 'count' && query.errors > 0 && <span class="wrong"> · {query.errors} failed</span>}
        </td>
      ))}
    </tr>
  );
}
