import type { Catalog } from '../../../catalog/index.ts';
import { splitComment } from '../comment.ts';
import type { Visible } from '../visible.ts';
import { batchPath, batchSchemas } from './batch-path.ts';
import { pathSegment } from './names.ts';
import { commonParameters, tableParameters } from './parameters.ts';
import { commonResponses, errorSchema } from './responses.ts';
import { routinePath } from './routine-path.ts';
import { tablePath } from './table-path.ts';
import { tableSchemas } from './table-schemas.ts';
import { typeSchemas } from './value-schemas.ts';

export interface OpenapiOptions {
  /** Where the dialect is served, such as `/rest/v1` or `https://api.example.org/rest/v1`. */
  readonly serverUrl: string;
  /** The API's own version (default `1`). */
  readonly version?: string;
  /** Stands in where the schema has no comment. */
  readonly title?: string;
  /** Requests without a token are served too (default true). */
  readonly anonymous?: boolean;
}

/**
 * The API of a schema as OpenAPI 3.1. What `visible` shows of it is described: rows, what may be inserted and updated,
 * filters, embeds, functions. Texts come from the comments in the database.
 */
export function openapi(catalog: Catalog, shown: Visible, options: OpenapiOptions): Readonly<Record<string, unknown>> {
  const { tables } = shown;
  const routines = Map.groupBy(shown.routines, ({ name }) => name);
  return {
    openapi: '3.1.1',
    info: info(shown, options),
    servers: [{ url: options.serverUrl }],
    security: options.anonymous === false ? [{ token: [] }] : [{}, { token: [] }],
    tags: [
      ...tables.map((table) => tag(table.name, table.description)),
      ...[...routines.keys()].map((name) => tag(`(rpc) ${name}`)),
      tag('batch', 'Several operations in one transaction'),
    ],
    paths: Object.fromEntries([
      ...tables.map((table) => [`/${pathSegment(table.name)}`, tablePath(table)]),
      ...[...routines].map(([name, overloads]) => [`/rpc/${pathSegment(name)}`, routinePath(catalog, name, overloads)]),
      ['/', batchPath],
    ]),
    components: {
      schemas: Object.assign(
        { 'api.error': errorSchema, ...batchSchemas },
        typeSchemas(catalog),
        ...tables.map((table) => tableSchemas(catalog, table, tables)),
      ),
      parameters: Object.assign(
        {},
        commonParameters,
        ...tables.map((table) => tableParameters(catalog, table, tables)),
      ),
      responses: commonResponses,
      securitySchemes,
    },
  };
}

function info(shown: Visible, { version = '1', title = 'API' }: OpenapiOptions) {
  const comment = splitComment(shown.description);
  return {
    title: comment.summary ?? title,
    version,
    ...(comment.description ? { description: comment.description } : {}),
  };
}

const tag = (name: string, description?: string | null) => ({ name, ...(description ? { description } : {}) });

const securitySchemes = {
  token: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The token names the database role (`role`) and the user (`sub`).',
  },
};
