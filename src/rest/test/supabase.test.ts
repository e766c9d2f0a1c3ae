import { expect, test } from 'bun:test';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { eachEngine, type RestBench } from './app.ts';

/** The client of Supabase, as an application uses it; its requests go straight into the app. */
function clientOf(bench: RestBench): SupabaseClient {
  const app = bench.app();
  const fetch = async (input: string | URL | Request, init?: RequestInit) => app.request(String(input), init);
  const client: unknown = createClient('http://localhost', 'anon-key', {
    db: { schema: 'api' },
    auth: { persistSession: false, autoRefreshToken: false },
    global: { fetch: fetch as typeof globalThis.fetch }, // Bun's fetch has a property that no caller here uses
  });
  return client as SupabaseClient; // untyped: the schema's name is not known to its type
}

eachEngine('supabase-js', (bench) => {
  test('selects with filters, order and range', async () => {
    const { data, error, count } = await clientOf(bench())
      .from('films')
      .select('id, title, directors(last_name)', { count: 'exact' })
      .gte('year', 1894)
      .not('director_id', 'is', null)
      .order('id', { ascending: false })
      .range(0, 1);
    expect(error).toBeNull();
    expect(count).toBe(3);
    expect<unknown>(data).toEqual([
      { id: 3, title: 'The Haunted Castle', directors: { last_name: 'Méliès' } },
      { id: 2, title: 'The Dickson Experimental Sound Film', directors: { last_name: 'Dickson' } },
    ]);
  });

  test('counts without rows', async () => {
    const { count, data } = await clientOf(bench()).from('films').select('*', { count: 'exact', head: true });
    expect({ count, data }).toEqual({ count: 4, data: null });
  });

  test('or, in, contains, text search', async () => {
    const client = clientOf(bench());
    const either = await client.from('films').select('id').or('id.eq.1,year.gt.1990').order('id');
    const listed = await client.from('films').select('id').in('title', ['The Haunted Castle', 'a,b']);
    const tagged = await client.from('films').select('id').contains('tags', ['sound']);
    const inside = await client.from('films').select('id').contains('data', { sound: true });
    const found = await client.from('texts').select('id').textSearch('vector', 'fat & cat', { config: 'english' });
    const ids = [either, listed, tagged, inside, found].map(({ data }) => data?.map(({ id }) => id));
    expect(ids).toEqual([[1, 4], [3], [2], [2], [1]]);
  });

  test('single and maybeSingle', async () => {
    const client = clientOf(bench());
    const one = await client.from('notes').select('body').eq('id', 1).single();
    const none = await client.from('notes').select('body').eq('id', 99).maybeSingle();
    const many = await client.from('notes').select('body').single();
    expect(one.data).toEqual({ body: 'first' });
    expect(none).toMatchObject({ data: null, error: null });
    expect(many.error).toMatchObject({ code: 'PGRST116', details: 'The result contains 2 rows' });
  });

  test('insert, upsert, update, delete', async () => {
    const client = clientOf(bench());
    const inserted = await client.from('employees').insert({ id: 7, name: 'N' }).select('id, salary').single();
    const upserted = await client
      .from('employees')
      .upsert([
        { id: 1, name: 'T' },
        { id: 9, name: 'X' },
      ])
      .select('id')
      .order('id');
    const updated = await client.from('employees').update({ salary: 5 }).eq('id', 2).select('salary');
    const deleted = await client.from('notes').delete().eq('id', 1).select('id');
    const silent = await client.from('notes').insert([{ body: 'a' }, { body: 'b' }]);
    expect(inserted.data).toEqual({ id: 7, salary: 1000 });
    expect(upserted.data).toEqual([{ id: 1 }, { id: 9 }]);
    expect(updated.data).toEqual([{ salary: 5 }]);
    expect(deleted.data).toEqual([{ id: 1 }]);
    expect(silent).toMatchObject({ data: null, error: null, status: 201 });
  });

  test('calls functions by POST, GET and HEAD', async () => {
    const client = clientOf(bench());
    const sum = await client.rpc('add_them', { a: 1, b: 2 });
    const got = await client.rpc('add_them', { a: 1, b: 2 }, { get: true });
    const rows = await client.rpc('best_films', { min: 6.7 }).select('title').limit(1);
    const head = await client.rpc('best_films', {}, { head: true, count: 'exact' });
    const wrong = await client.rpc('add_thm');
    expect([sum.data, got.data]).toEqual([3, 3]);
    expect(rows.data).toEqual([{ title: 'Workers Leaving The Lumière Factory In Lyon' }]);
    expect(head.count).toBe(3);
    expect(wrong.error).toMatchObject({ code: 'PGRST202' });
  });

  test('explain, csv, another schema, errors', async () => {
    const client = clientOf(bench());
    const plan = await client.from('films').select('id').explain();
    const csv = await client.from('notes').select('id').order('id').csv();
    const missing = await client.from('filmz').select();
    const refused = await client.schema('archive').from('films').select();
    expect(String(plan.data)).toContain('Scan on films');
    expect(csv.data).toBe('id\n1\n2');
    expect(missing.error).toMatchObject({ code: 'PGRST205' });
    expect(refused.error).toMatchObject({ code: 'PGRST106' });
  });
});
