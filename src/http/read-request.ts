import {
  type ApiRequest,
  bodyForm,
  type ParseSettings,
  parseHead,
  parseRequest,
  type RestSettings,
} from '../rest/index.ts';
import { addressOf } from './address.ts';
import { boundedBody, wholeOrStream } from './limits.ts';

/** Bytes of a body that is held in memory, and characters of a row of one that is not. */
export const BODY_LIMIT = 10 * 1_048_576;

/** An HTTP request as the dialect's grammar reads it. @throws DialectError */
export async function readRequest(http: Request, rules: ParseSettings, bodyLimit = BODY_LIMIT): Promise<ApiRequest> {
  const { path, query } = addressOf(http.url);
  const input = { path, query, method: http.method, headers: http.headers, body: null };
  if (http.body === null) return parseRequest(input, rules);
  const head = parseHead(input, rules);
  const body = await readBody(http, formOf(http, bodyForm(head.action, head.contentType)), bodyLimit);
  return parseRequest({ ...input, body }, rules, head);
}

export function parseSettings({ schemas, openapiMode, rootSpec, txEnd }: RestSettings): ParseSettings {
  return {
    schemas,
    openapi: openapiMode !== 'disabled',
    rootRoutine: rootSpec?.name ?? null,
    txOverride: txEnd.endsWith('allow-override'),
  };
}

type Form = ReturnType<typeof bodyForm>;

/** What is to be shown again has to be inserted at once. */
function formOf({ headers }: Request, form: Form): Form {
  return form === 'rows' && headers.get('prefer')?.includes('return=representation') ? 'text' : form;
}

/** Bytes of rows that are read at once, and answered as the dialect does; more of them are streamed. */
const FEW_ROWS = 1_048_576;

async function readBody(http: Request, form: Form, limit: number) {
  if (form === 'none') return null;
  if (form === 'stream') return http.body;
  if (form === 'rows') {
    const rows = await wholeOrStream(http, FEW_ROWS);
    return rows instanceof ReadableStream ? rows : textOf(rows);
  }
  const bytes = await boundedBody(http, limit);
  return form === 'bytes' ? bytes : textOf(bytes);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Bytes that are no text stay bytes: whoever reads the body refuses them in the dialect's words, and none is changed unnoticed. */
function textOf(bytes: Uint8Array): string | Uint8Array {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes;
  }
}
