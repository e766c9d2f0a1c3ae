import { expect, test } from 'bun:test';
import SwaggerParser from '@apidevtools/swagger-parser';
import type { Catalog } from '../../../catalog/index.ts';
import { onEveryEngine } from '../../../catalog/test/databases.ts';
import { accessQuery, openapi, openapi2, readAccess, visible } from '../index.ts';
import { library } from './library.ts';

const at = { host: '127.0.0.1', port: 3000 };

/** Down a path of keys, as tests write it: `paths /books get`. */
function dig(document: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    document,
  );
}

/** The parser changes what it is given, and takes only its own types. */
async function validate(document: unknown): Promise<void> {
  await SwaggerParser.validate(JSON.parse(JSON.stringify(document)));
}

await onEveryEngine('the description', (database) => {
  let catalog: Catalog | undefined;
  const read = async () => (catalog ??= await database.catalog('library', library));

  test('is valid OpenAPI 3.1', async () => {
    const document = openapi(await read(), visible(await read(), 'library'), { serverUrl: '/rest/v1' });
    await validate(document);
    expect(document).toMatchObject({
      openapi: '3.1.1',
      info: { title: 'The library', description: 'Books and who reads them.' },
      servers: [{ url: '/rest/v1' }],
    });
  });

  test('would be found out if it were not', async () => {
    const document = openapi(await read(), visible(await read(), 'library'), { serverUrl: '/rest/v1' });
    await expect(validate({ ...document, paths: { '/books': { get: { responses: 7 } } } })).rejects.toThrow();
    await expect(validate({ ...document, components: {} })).rejects.toThrow();
  });

  test('describes columns by type, default, comment and key', async () => {
    const document = openapi(await read(), visible(await read(), 'library'), { serverUrl: '/' });
    const column = (name: string) => dig(document, 'components', 'schemas', 'books', 'properties', name);
    expect(column('id')).toMatchObject({ type: 'integer', format: 'int64' });
    expect(column('title')).toMatchObject({
      type: 'string',
      maxLength: 80,
      default: `it's "new"`,
      description: 'As printed',
    });
    expect(column('shelf')).toMatchObject({ $ref: '#/components/schemas/type.library.shelf', default: 'fiction' });
    expect(column('isbn')).toMatchObject({
      type: ['string', 'null'],
      maxLength: 13,
      'x-postgres-type': 'library.isbn',
    });
    expect(column('pages')).toMatchObject({ type: ['integer', 'null'], default: 100, maximum: 32767 });
    expect(column('tags')).toMatchObject({ type: 'array', default: [] });
    expect(column('meta')).toMatchObject({ default: { a: [1] } });
    expect(column('slug')).toMatchObject({ readOnly: true });
    expect(column('added_at')).toMatchObject({ format: 'date-time', description: 'Defaults to `now()`.' });
    expect(column('author_id')).toMatchObject({ description: 'References `authors.id`.' });
    expect(column('cover')).toMatchObject({ type: ['string', 'null'] });
    expect(dig(document, 'components', 'schemas', 'books', 'required')).not.toContain('cover');
    expect(dig(document, 'components', 'schemas', 'type.library.shelf', 'enum')).toEqual(['fiction', 'science']);
  });

  test('tells what an insert needs, and leaves out what it may not have', async () => {
    const document = openapi(await read(), visible(await read(), 'library'), { serverUrl: '/' });
    const insert = dig(document, 'components', 'schemas', 'books.insert');
    expect(dig(insert, 'required')).toEqual(['author_id']);
    expect(dig(insert, 'properties')).not.toHaveProperty('slug');
    expect(dig(document, 'components', 'schemas', 'books.update', 'required')).toBeUndefined();
    expect(dig(document, 'components', 'schemas')).not.toHaveProperty('statistics.insert');
    expect(Object.keys(dig(document, 'paths', '/statistics') ?? {})).toEqual(['get']);
    expect(Object.keys(dig(document, 'paths', '/books') ?? {})).toEqual(['get', 'post', 'put', 'patch', 'delete']);
  });

  test('tells what can be embedded, with hints where names are ambiguous', async () => {
    const document = openapi(await read(), visible(await read(), 'library'), { serverUrl: '/' });
    const select = String(dig(document, 'components', 'parameters', 'select.books', 'description'));
    expect(select).toContain('`authors!books_author_id_fkey(*)`: many-to-one');
    expect(select).toContain('`readers(*)`: many-to-many');
    expect(dig(document, 'components', 'schemas', 'books', 'properties', 'readers', 'type')).toBe('array');
    expect(dig(document, 'components', 'schemas', 'books', 'properties')).not.toHaveProperty('authors');
  });

  test('tells of what goes beyond the dialect', async () => {
    const document = openapi(await read(), visible(await read(), 'library'), { serverUrl: '/' });
    const books = (...keys: readonly string[]) => dig(document, 'paths', '/books', ...keys);
    const named = (method: string) => JSON.stringify(books(method, 'parameters'));
    for (const name of ['cursor', 'ifNoneMatch']) expect(named('get')).toContain(`/${name}"`);
    for (const method of ['put', 'patch', 'delete']) {
      expect(named(method)).toContain('/ifMatch"');
      expect(books(method, 'responses')).toHaveProperty('412');
    }
    expect(books('get', 'responses')).toHaveProperty('304');
    expect(Object.keys(books('get', 'responses', '200', 'headers') ?? {})).toEqual(['Content-Range', 'ETag', 'Link']);
    expect(books('get', 'responses', '200', 'content')).toHaveProperty(['application/x-ndjson']);
    expect(books('post', 'requestBody', 'content')).toHaveProperty(['application/x-ndjson']);
    expect(books('patch', 'requestBody', 'content')).toHaveProperty(['application/merge-patch+json']);
    const batch = dig(document, 'paths', '/', 'post', 'requestBody', 'content');
    expect(Object.keys(batch ?? {})).toEqual(['application/vnd.hutch.batch+json']);
  });

  test('describes functions with their overloads', async () => {
    const document = openapi(await read(), visible(await read(), 'library'), { serverUrl: '/' });
    const search = dig(document, 'paths', '/rpc/search');
    expect(Object.keys(search ?? {})).toEqual(['post', 'get']);
    expect(dig(search, 'post', 'summary')).toBe('Search');
    expect(dig(search, 'get', 'parameters')).toMatchObject([
      { name: 'term', required: true },
      { name: 'max', required: false },
      { name: 'from', required: false },
      { name: 'tags', required: false, explode: true },
      { $ref: '#/components/parameters/preferCall' },
    ]);
    expect(Object.keys(dig(document, 'paths', '/rpc/lend') ?? {})).toEqual(['post']);
    expect(dig(document, 'paths', '/rpc/upload', 'post', 'requestBody', 'content')).toHaveProperty(
      'application/octet-stream',
    );
  });

  test('in its 2.0 form is valid too', async () => {
    const shown = visible(await read(), 'library');
    // The dialect writes names as they are, and braces in a path mean something in OpenAPI.
    const tables = shown.tables.filter(({ name }) => !name.includes('{'));
    const document = openapi2(await read(), { ...shown, tables }, { ...at, securityActive: true });
    await validate(document);
    expect(document).toMatchObject({
      swagger: '2.0',
      host: '127.0.0.1:3000',
      basePath: '/',
      schemes: ['http'],
      info: { title: 'The library', description: 'Books and who reads them.', version: '16.2' },
      security: [{ JWT: [] }],
    });
  });

  test('in its 2.0 form says what the dialect says', async () => {
    const document = openapi2(await read(), visible(await read(), 'library'), at);
    expect(dig(document, 'securityDefinitions')).toBeUndefined();
    expect(dig(document, 'definitions', 'books')).toMatchObject({
      type: 'object',
      required: ['id', 'title', 'shelf', 'author_id', 'tags', 'meta', 'added_at'],
      properties: {
        id: { description: 'Note:\nThis is a Primary Key.<pk/>', format: 'int64', type: 'integer' },
        title: { description: 'As printed', format: 'character varying', maxLength: 80, type: 'string' },
        shelf: { default: 'fiction', enum: ['fiction', 'science'], format: 'library.shelf', type: 'string' },
        author_id: {
          description: "Note:\nThis is a Foreign Key to `authors.id`.<fk table='authors' column='id'/>",
          format: 'int32',
        },
        pages: { default: 100, format: 'int32', type: 'integer' },
        tags: { format: 'text[]', type: 'array', items: { type: 'string' } },
      },
    });
    expect(dig(document, 'definitions', 'books', 'properties', 'meta')).toEqual({ format: 'jsonb' });
    expect(dig(document, 'paths', '/rpc/add', 'get', 'parameters')).toEqual([
      { name: 'a', required: true, in: 'query', format: 'int32', type: 'integer' },
      { name: 'b', required: true, in: 'query', format: 'int32', type: 'integer' },
    ]);
    expect(dig(document, 'paths', '/rpc/search', 'get', 'parameters', '2')).toEqual({
      name: 'tags',
      required: true,
      in: 'query',
      type: 'array',
      items: { type: 'string', format: 'text' },
      collectionFormat: 'multi',
    });
    expect(dig(document, 'paths', '/rpc/report', 'get')).not.toHaveProperty('parameters');
    expect(dig(document, 'paths', '/authors', 'get')).toMatchObject({
      summary: 'Who writes',
      description: 'One row for each.',
    });
    expect(dig(document, 'parameters', 'rowFilter.books.title')).toEqual({
      name: 'title',
      description: 'As printed',
      required: false,
      in: 'query',
      type: 'string',
    });
  });

  test('in its 2.0 form defines nothing where no table is shown', async () => {
    const document = openapi2(await read(), { ...visible(await read(), 'library'), tables: [] }, at);
    expect(document).not.toHaveProperty('definitions');
  });

  test('names the proxy in front of it', async () => {
    const shown = visible(await read(), 'library');
    const address = async (serverProxyUri: string) => {
      const { host, basePath, schemes } = openapi2(await read(), shown, { ...at, serverProxyUri });
      return { host, basePath, schemes };
    };
    expect(await address('https://api.example.org/v1')).toEqual({
      host: 'api.example.org:443',
      basePath: '/v1',
      schemes: ['https'],
    });
    expect(await address('http://x:8080')).toEqual({ host: 'x:8080', basePath: '/', schemes: ['http'] });
    expect(await address('ftp://x')).toEqual({ host: '127.0.0.1:3000', basePath: '/', schemes: ['http'] });
  });

  test('shows only what a role may use', async () => {
    const driver = database.driver();
    await read();
    await driver.script(`
      do $$ begin create role library_reader; exception when duplicate_object then null; end $$;
      grant usage on schema library to library_reader; grant select on library.books to library_reader;
      grant select (id) on library.authors to library_reader;
      revoke execute on all functions in schema library from public;
      grant execute on function library.add to library_reader;`);
    const [, result] = await driver.batch([{ text: 'select 1' }, { text: accessQuery, params: ['library'] }], {
      actor: { role: 'library_reader' },
    });
    const shown = visible(await read(), 'library', readAccess(result?.rows[0]?.[0]));
    expect(shown.tables.map(({ name }) => name)).toEqual(['authors', 'books']);
    expect(shown.routines.map(({ name }) => name)).toEqual(['add']);
    expect(shown.description).toStartWith('The library');
    const document = openapi(await read(), shown, { serverUrl: '/' });
    await validate(document);
    expect(Object.keys(dig(document, 'paths') ?? {})).toEqual(['/authors', '/books', '/rpc/add', '/']);
  });
});
