import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { told } from '../api/failure.ts';
import { rest } from '../api/rest.ts';
import { profileOf, type Table } from '../app/catalog.ts';
import { shownValue } from '../grid/kind.ts';
import { keyParameters, type Row, rowsOf, selectOf } from '../grid/query.ts';
import { Button } from '../ui/button.tsx';
import { type Change, rebase, unstage } from './staged.ts';

interface ConflictProps {
  readonly change: Exclude<Change, { readonly kind: 'insert' }>;
  readonly onSolved: () => void;
}

/** What somebody else has made of a row meanwhile, and whose values shall stand. */
export function Conflict({ change, onSolved }: ConflictProps) {
  const now = useSignal<Row | null | undefined>(undefined);
  const failed = useSignal<string | null>(null);
  useEffect(() => {
    readRow(change.table, change.row).then(
      (row) => {
        now.value = row;
      },
      (error: unknown) => {
        failed.value = told(error);
      },
    );
  }, [change]);
  const row = now.value;
  const theirs = () => {
    unstage(change.id);
    onSolved();
  };
  if (failed.value !== null) return <p class="wrong">{failed.value}</p>;
  if (row === undefined) return <p class="muted">Reading the row again…</p>;
  if (row === null)
    return (
      <div class="conflict">
        <p>The row is gone, or this role does not see it.</p>
        <Button label="Drop this change" onClick={theirs} />
      </div>
    );
  const names = change.kind === 'update' ? Object.keys(change.values) : [];
  const differing = names.filter((name) => shown(row[name]) !== shown(change.row[name]));
  if (change.kind !== 'update' || differing.length === 0)
    return <p class="conflict">The row is as it was: this role may not change it.</p>;
  return (
    <div class="conflict">
      <dl class="difference">
        {differing.map((name) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <span class="muted">was {shown(change.row[name])}</span>
              <del>theirs {shown(row[name])}</del>
              <ins>yours {shown(change.values[name])}</ins>
            </dd>
          </div>
        ))}
      </dl>
      <Button label="Keep theirs" onClick={theirs} />
      <Button
        label="Keep mine"
        onClick={() => {
          rebase(change, row);
          onSolved();
        }}
      />
    </div>
  );
}

const shown = (value: unknown): string => (value === null || value === undefined ? 'null' : shownValue(value));

async function readRow(table: Table, row: Row): Promise<Row | null> {
  const params = keyParameters(table, row);
  params.set('select', selectOf(table));
  const response = await rest(`/${encodeURIComponent(table.name)}?${params}`, {
    schema: profileOf(table),
    headers: { prefer: 'deleted=include' },
  });
  const [found] = await rowsOf(response);
  return found ?? null;
}
