import type { JsonSchema } from '../../../catalog/index.ts';
import { schemaRef } from './names.ts';
import { writeFailures } from './responses.ts';
import type { PathItem } from './table-path.ts';

const text = { type: 'string' };
const headers = { type: 'object', additionalProperties: text };

/** What a batch takes and gives. */
export const batchSchemas: Readonly<Record<string, JsonSchema>> = {
  'api.operation': {
    type: 'object',
    description: `One request. It may refer to what an earlier one returned: \`{"$ref": "name/0/id"}\` in the body, \`\${name/0/id}\` in the path.`,
    properties: {
      name: { ...text, description: 'What later operations call this one.', pattern: '^[\\w-]+$' },
      method: { enum: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] },
      path: { ...text, description: 'Path and query, such as `/films?id=eq.1`.', pattern: '^/' },
      headers,
      body: { description: 'JSON; text for other media types.' },
    },
    required: ['method', 'path'],
  },
  'api.batch': {
    type: 'object',
    properties: { operations: { type: 'array', items: schemaRef('api.operation') } },
    required: ['operations'],
  },
  'api.result': {
    type: 'object',
    description: 'What one operation answered.',
    properties: { name: { type: ['string', 'null'] }, status: { type: 'integer' }, headers, body: {} },
    required: ['name', 'status', 'headers', 'body'],
  },
};

const BATCH = 'application/vnd.hutch.batch+json';

/** The root: several operations at once. */
export const batchPath: PathItem = {
  post: {
    operationId: 'batch',
    tags: ['batch'],
    summary: 'Run several operations in one transaction',
    description:
      'They run one after the other, all or none. The first that fails is the answer; the header `Batch-Operation` names it.',
    requestBody: { required: true, content: { [BATCH]: { schema: schemaRef('api.batch') } } },
    responses: {
      200: {
        description: 'One result for each operation',
        content: { 'application/json': { schema: { type: 'array', items: schemaRef('api.result') } } },
      },
      ...writeFailures,
    },
  },
};
