import type { PgColumn, PgColumnBuilder } from 'drizzle-orm/pg-core';
import type { JsonSchema } from './types.ts';

/** A validator that can tell its JSON Schema: zod from 4.2 on, ArkType, and whatever else follows standardschema.dev. */
export interface StandardJsonSchema {
  readonly '~standard': {
    readonly jsonSchema: { input(options: { readonly target: 'draft-2020-12' }): Record<string, unknown> };
  };
}

/** Registered globally: a second copy of this module in one process understands the first one's tables. */
const JSON_SCHEMA = Symbol.for('hutch.jsonSchema');

/**
 * Says what the JSON in a column looks like, for the API's description: a JSON Schema, or a validator that knows its own
 * (zod, ArkType, Valibot's `toStandardJsonSchema`). It validates nothing by itself, and drizzle-kit never sees it.
 *
 * @example
 * metadata: withJsonSchema(jsonb().$type<Metadata>(), z.object({ building: z.string() }))
 */
export function withJsonSchema<B extends PgColumnBuilder>(builder: B, schema: JsonSchema | StandardJsonSchema): B {
  const config: unknown = Reflect.get(builder, 'config');
  if (typeof config === 'object' && config !== null) Reflect.set(config, JSON_SCHEMA, schema);
  return builder;
}

/** The JSON Schema that `withJsonSchema` gave the column; null where it gave none, or the validator can't express it. */
export function jsonSchemaOf(column: PgColumn): JsonSchema | null {
  const config: unknown = Reflect.get(column, 'config');
  if (typeof config !== 'object' || config === null) return null;
  const schema: unknown = Reflect.get(config, JSON_SCHEMA);
  if (isStandard(schema)) return expressed(schema);
  return isObject(schema) ? schema : null;
}

/** A validator may hold what JSON Schema has no words for (a date, a transform); the description does without it then. */
function expressed(schema: StandardJsonSchema): JsonSchema | null {
  try {
    const { $schema: _, ...rest } = schema['~standard'].jsonSchema.input({ target: 'draft-2020-12' });
    return rest;
  } catch {
    return null;
  }
}

function isStandard(value: unknown): value is StandardJsonSchema {
  const standard = isObject(value) ? value['~standard'] : undefined;
  return isObject(standard) && isObject(standard.jsonSchema);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
