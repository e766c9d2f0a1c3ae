import { rest } from '../api/rest.ts';
import { counts, type ForeignKey, foreignKeyOf, nameOf, profileOf, type Table, tables } from '../app/catalog.ts';
import { searchParameter } from './filter.ts';
import { kindOf, needsText } from './kind.ts';
import { named } from './name.ts';
import { type Row, rowsOf } from './query.ts';

/** Rows that are offered. */
const OFFERED = 30;
/** Rows of a table that is still ordered by what they are called, which may have no index. */
const SORTED = 10_000;

/** The foreign key that a column is by itself. */
export function ownForeignKey(table: Table, column: string): ForeignKey | undefined {
  const key = foreignKeyOf(table, column);
  return key?.columns.length === 1 ? key : undefined;
}

/** A row that a foreign key may refer to. */
export interface Candidate {
  /** The key, as text. */
  readonly value: string;
  /** What the row is called; empty where nothing says so. */
  readonly name: string;
}

/** Rows that a foreign key may refer to, by a text that is in them or is their key; the first ones where there is none. */
export async function candidatesOf(key: ForeignKey, text: string, signal: AbortSignal): Promise<readonly Candidate[]> {
  const target = targetOf(key);
  if (target === undefined) return [];
  const name = nameColumn(target);
  const isSmall = (counts.peek().get(nameOf(target))?.rows ?? SORTED + 1) <= SORTED;
  const order = (isSmall ? name : undefined) ?? key.foreignColumns[0] ?? '';
  const params = new URLSearchParams({ limit: String(OFFERED), order: named(order) });
  const search = searchParameter(target, text);
  if (search !== null) params.append(...search);
  const found = await ask(target, key, params, signal);
  const needle = text.trim().toLowerCase();
  const isElsewhere = ({ name }: Candidate) => Number(!name.toLowerCase().includes(needle));
  return found.toSorted((a, b) => isElsewhere(a) - isElsewhere(b));
}

/** What the row is called that a foreign key's value refers to; undefined where it is not seen. */
export async function candidateAt(
  key: ForeignKey,
  value: string,
  signal: AbortSignal,
  deleted = false,
): Promise<Candidate | undefined> {
  const target = targetOf(key);
  if (target === undefined) return undefined;
  const params = new URLSearchParams({ limit: '1', [named(key.foreignColumns[0] ?? '')]: `eq.${value}` });
  const [found] = await ask(target, key, params, signal, deleted ? 'deleted=include' : '');
  return found;
}

const targetOf = (key: ForeignKey): Table | undefined => tables.value.get(`${key.schema}.${key.table}`);

async function ask(
  target: Table,
  key: ForeignKey,
  params: URLSearchParams,
  signal: AbortSignal,
  prefer = '',
): Promise<readonly Candidate[]> {
  const column = target.columns.find(({ name }) => name === key.foreignColumns[0]);
  if (column === undefined) return [];
  const name = nameColumn(target);
  // by names of ours, which no column has
  const value = `value:${named(column.name)}${needsText(column) ? '::text' : ''}`;
  params.set('select', name === undefined ? value : `${value},name:${named(name)}`);
  const path = `/${encodeURIComponent(target.name)}?${params}`;
  const rows = await rowsOf(await rest(path, { schema: profileOf(target), signal, headers: { prefer } }));
  return rows.map((row) => ({ value: String(row.value), name: String(row.name ?? '') }));
}

/** Names that a column has which says what a row is called, the likeliest first. */
const namings = ['name', 'title', 'label', 'subject', 'display_name', 'full_name', 'username', 'email', 'slug'];

/** The column that says what a row is called: one with such a name, else the first text that is no key. */
function nameColumn(table: Table): string | undefined {
  const texts = table.columns.filter(
    ({ name, ...column }) =>
      kindOf({ name, ...column }) === 'text' &&
      !table.primaryKey.includes(name) &&
      !name.endsWith('_id') &&
      foreignKeyOf(table, name) === undefined,
  );
  const likeliest = namings.find((naming) => texts.some(({ name }) => name === naming));
  return likeliest ?? texts[0]?.name;
}

/** What a row of a table is called. */
export function calledOf(table: Table, row: Row): string {
  const name = nameColumn(table);
  return name === undefined ? '' : String(row[name] ?? '');
}
