import { expect, test } from 'bun:test';
import { integer, jsonb, pgSchema, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import { softDelete } from '../../data/soft-delete/soft-delete.ts';
import { type Catalog, enrich, withJsonSchema } from '../index.ts';
import { onEveryEngine } from './databases.ts';

const garden = pgSchema('garden');
const beds = garden.table('garden_beds', {
  id: integer().primaryKey(),
  soilKind: text('soil_kind').$defaultFn(() => 'loam'),
  touchedAt: timestamp('touched_at').$onUpdate(() => new Date()),
  meta: withJsonSchema(jsonb(), z.object({ rows: z.number().int(), label: z.string().optional() })),
  plan: withJsonSchema(jsonb(), { type: 'array', items: { type: 'string' } }),
  odd: withJsonSchema(jsonb(), z.object({ at: z.date() })),
  notInDatabase: text('not_in_database'),
  ...softDelete({ flag: true }),
});
const elsewhere = pgTable('garden_beds', { id: integer() });

const sql = `create table garden_beds (id int primary key, soil_kind text, touched_at timestamp, meta jsonb, plan jsonb, odd jsonb,
  extra int, deleted boolean, deleted_at timestamptz); create table others (id int);`;

await onEveryEngine('enrichment', (database) => {
  let plain: Catalog | undefined;

  test('adds what only the Drizzle schema knows', async () => {
    plain = await database.catalog('garden', sql);
    const table = enrich(plain, { elsewhere, beds, number: 7, nothing: null })
      .schemas.get('garden')
      ?.tables.get('garden_beds');
    expect(table?.drizzle?.key).toBe('beds');
    expect(table?.drizzle?.columns.get('soilKind')).toBe('soil_kind');
    expect(table?.columns.get('soil_kind')?.drizzle).toMatchObject({
      key: 'soilKind',
      codeDefault: true,
      codeUpdate: false,
    });
    expect(table?.columns.get('touched_at')?.drizzle).toMatchObject({ codeDefault: false, codeUpdate: true });
    expect(table?.columns.get('extra')?.drizzle).toBeNull();
    expect(table?.columnNames).not.toContain('not_in_database');
    expect(table?.softDelete).toEqual({ column: 'deleted_at', flag: 'deleted' });
    expect(plain.schemas.get('garden')?.tables.get('garden_beds')?.drizzle).toBeNull();
  });

  test('takes JSON schemas from validators, and does without what they can not express', () => {
    const schema = plain && enrich(plain, { beds }).schemas.get('garden');
    const of = (name: string) => schema?.tables.get('garden_beds')?.columns.get(name)?.drizzle?.jsonSchema;
    expect(of('meta')).toMatchObject({ type: 'object', properties: { rows: { type: 'integer' } }, required: ['rows'] });
    expect(of('plan')).toEqual({ type: 'array', items: { type: 'string' } });
    expect(of('odd')).toBeNull();
    expect(of('id')).toBeNull();
  });

  test('knows soft deletion by its trigger where there is no Drizzle schema', async () => {
    const schema = await database.schema(
      'soft',
      `create table a (id int, deleted_at timestamptz); create table b (id int, deleted_at timestamptz);
       create function keep() returns trigger language plpgsql as 'begin return null; end';
       create trigger hutch_delete before delete on a for each row execute function keep();`,
    );
    expect(schema.tables.get('a')?.softDelete).toEqual({ column: 'deleted_at', flag: null });
    expect(schema.tables.get('b')?.softDelete).toBeNull();
  });
});
