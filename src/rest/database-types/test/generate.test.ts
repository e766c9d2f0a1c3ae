import { expect, test } from 'bun:test';
import { compile } from '../../../catalog/test/compile.ts';
import { onEveryEngine } from '../../../catalog/test/databases.ts';
import { library } from '../../openapi/test/library.ts';
import { generateTypes } from '../index.ts';

/** What supabase-js makes of the types: each line has to compile, or to fail where it says so. */
const usage = `
import { createClient } from '@supabase/supabase-js';
import { PostgrestClient } from '@supabase/postgrest-js';
import { Constants, type Database, type Enums, type Json, type Tables, type TablesInsert } from './database';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._: Equal<A, B> extends true ? [] : [wrong: A]) => {};

const client = createClient<Database, 'library'>('http://x', 'key', { db: { schema: 'library' } });
new PostgrestClient<Database, {}, 'library'>('http://x', { schema: 'library' });

export async function reading() {
  const { data: books } = await client.from('books').select('id, title, shelf, meta, authors!books_author_id_fkey(name)').single();
  same<typeof books, { id: number; title: string; shelf: 'fiction' | 'science'; meta: Json; authors: { name: string } } | null>();
  const { data: loans } = await client.from('loans').select('books(title), readers("full name")');
  same<typeof loans, { books: { title: string }; readers: { 'full name': string } }[] | null>();
  const { data: authors } = await client.from('authors').select('name, books!books_author_id_fkey(title)');
  same<typeof authors, { name: string; books: { title: string }[] }[] | null>();
  const { data: computed } = await client.from('books').select('cover').single();
  same<typeof computed, { cover: string | null } | null>();
  const { data: titles } = await client.from('titles').select('id, loud');
  same<typeof titles, { id: number | null; loud: string | null }[] | null>();
  // @ts-expect-error there is no such table
  client.from('bookz');
  // @ts-expect-error there is no such label
  client.from('books').select().eq('shelf', 'cooking');
}

export async function writing() {
  await client.from('books').insert({ author_id: 1 });
  await client.from('books').update({ title: 'x' }).eq('id', 1);
  // @ts-expect-error the author is required
  await client.from('books').insert({ title: 'x' });
  // @ts-expect-error the slug is generated
  await client.from('books').insert({ author_id: 1, slug: 'x' });
  // @ts-expect-error the identity is always generated
  await client.from('authors').insert({ id: 1, name: 'x' });
  // @ts-expect-error this view can't be written
  await client.from('statistics').insert({ shelf: 'fiction' });
}

export async function calling() {
  const { data: sum } = await client.rpc('add', { a: 1, b: 2 });
  same<typeof sum, number | null>();
  const { data: found } = await client.rpc('search', { term: 'x', max: 3 }).select('title, readers("full name")');
  same<typeof found, { title: string; readers: { 'full name': string }[] }[] | null>();
  const { data: report } = await client.rpc('report');
  same<typeof report, { shelf: 'fiction' | 'science'; pages: number }[] | null>();
  const { data: lent } = await client.rpc('lend', { book: 1, reader: 'x' });
  same<typeof lent, undefined | null>();
  // @ts-expect-error an argument is missing
  await client.rpc('add', { a: 1 });
}

export function naming(book: Tables<'books'>, author: TablesInsert<'authors'>, shelf: Enums<'shelf'>) {
  same<typeof book.id, number>();
  same<typeof author.name, string>();
  same<typeof shelf, 'fiction' | 'science'>();
  same<Tables<{ schema: 'library' }, 'titles'>['loud'], string | null>();
  const labels: readonly ['fiction', 'science'] = Constants.library.Enums.shelf;
  return labels;
}
`;

await onEveryEngine('generated types', (database) => {
  test('say to supabase-js what the database holds', async () => {
    const catalog = await database.catalog('library', library);
    expect(await compile({ 'database.ts': generateTypes(catalog), 'usage.ts': usage })).toBe('');
  }, 60_000);

  test('of several schemas, one of them empty', async () => {
    const catalog = await database.catalog('nothing', `create type kind as enum ('a "b"')`, { schemas: ['library'] });
    const types = generateTypes(catalog);
    expect(types).toContain('kind: "a \\"b\\""');
    expect(types).toContain('type DefaultSchema = DatabaseWithoutInternals["nothing"]');
    expect(await compile({ 'database.ts': types })).toBe('');
  }, 60_000);

  test('leave out what no call can name', async () => {
    const functions = `create function half_named(int, int, by int) returns int language sql as 'select 1';
      create function half_named(a int) returns int language sql as 'select 1';
      create function unreachable(int, by int default 1, text default '') returns int language sql as 'select 1'`;
    const types = generateTypes(await database.catalog('nameless', functions));
    expect(types.match(/half_named|unreachable/g)).toEqual(['half_named']);
    expect(types).not.toContain('""');
  });
});
