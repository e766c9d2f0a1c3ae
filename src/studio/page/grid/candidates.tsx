import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { rest } from '../api/rest.ts';
import { type ForeignKey, foreignKeyOf, profileOf, type Table, tables } from '../app/catalog.ts';
import { searchParameter } from './filter.ts';
import { kindOf, needsText } from './kind.ts';
import { named } from './name.ts';
import { rowsOf } from './query.ts';

/** Milliseconds after the last key before rows are looked for. */
const PAUSE = 150;
/** Rows that are offered. */
const OFFERED = 30;

/** The foreign key that a column is by itself. */
export function ownForeignKey(table: Table, column: string): ForeignKey | undefined {
  const key = foreignKeyOf(table, column);
  return key?.columns.length === 1 ? key : undefined;
}

interface CandidatesProps {
  readonly id: string;
  readonly foreignKey: ForeignKey;
  /** What is looked for; nothing offers the first rows. */
  readonly text: string;
}

interface Candidate {
  readonly value: string;
  readonly name: string;
}

/** Rows that a foreign key may refer to, as choices of an input: their keys, beside what they are called. */
export function Candidates({ id, foreignKey, text }: CandidatesProps) {
  const found = useSignal<readonly Candidate[]>([]);
  useEffect(() => {
    const request = new AbortController();
    const look = () =>
      candidatesOf(foreignKey, text, request.signal).then(
        (candidates) => {
          found.value = candidates;
        },
        () => undefined, // a choice is a help: whoever may not read the rows still writes the key
      );
    const timer = setTimeout(look, PAUSE);
    return () => {
      clearTimeout(timer);
      request.abort();
    };
  }, [text]);
  return (
    <datalist id={id}>
      {found.value.map(({ value, name }) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </datalist>
  );
}

async function candidatesOf(key: ForeignKey, text: string, signal: AbortSignal): Promise<readonly Candidate[]> {
  const target = tables.value.get(`${key.schema}.${key.table}`);
  const column = target?.columns.find(({ name }) => name === key.foreignColumns[0]);
  if (target === undefined || column === undefined) return [];
  const name = nameColumn(target, column.name);
  const params = new URLSearchParams({ limit: String(OFFERED), order: named(name ?? column.name) });
  // by names of ours, which no column has
  params.set(
    'select',
    `value:${named(column.name)}${needsText(column) ? '::text' : ''},name:${named(name ?? column.name)}`,
  );
  const search = searchParameter(target, text);
  if (search !== null) params.append(...search);
  const path = `/${encodeURIComponent(target.name)}?${params}`;
  const rows = await rowsOf(await rest(path, { schema: profileOf(target), signal }));
  return rows.map((row) => ({ value: String(row.value), name: name === undefined ? '' : String(row.name ?? '') }));
}

/** The column that says what a row is called: one with such a name, else the first text beside the key. */
function nameColumn(table: Table, key: string): string | undefined {
  const texts = table.columns.filter((column) => kindOf(column) === 'text' && column.name !== key);
  return (texts.find(({ name }) => /^(name|title|label|email)$/.test(name)) ?? texts[0])?.name;
}
