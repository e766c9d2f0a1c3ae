import { BODILESS, errorBody } from '../errors/error-response.ts';
import { preconditionFailed } from '../errors/extension-errors.ts';
import { invalidRange } from '../errors/request-errors.ts';
import type { Outcome } from '../execute/outcome.ts';
import { headerText } from '../header-text.ts';
import { contentTypeOf } from '../parse/media-type.ts';
import type { ApiRequest } from '../parse/types.ts';
import { writeCursor } from '../plan/cursor-token.ts';
import type {
  CallStatementPlan,
  InfoPlan,
  InspectPlan,
  MutationStatementPlan,
  ReadStatementPlan,
  StatementPlan,
} from '../plan/types.ts';
import type { RestSettings } from '../settings.ts';
import { DIALECT_VERSION } from '../version.ts';
import { entityTag, tagMatches } from './entity-tag.ts';
import { type HeaderPair, headersOverride, statusOverride } from './override.ts';
import { appliedPreferences } from './preference.ts';
import { contentRange, rangeStatus } from './range.ts';

/** An answer before SQL's own status and headers are put over it. */
interface Answer {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  /** Null sends none, and no length. */
  readonly body: string | Uint8Array | null;
}

export function respond(plan: StatementPlan, request: ApiRequest, outcome: Outcome, settings: RestSettings): Response {
  const response = finish(answerOf(plan, request, outcome, settings), outcome);
  const warning = headerText(legacyWarning(plan));
  if (warning !== null && warning !== '') response.headers.set('Warning', warning);
  return response;
}

function answerOf(plan: StatementPlan, request: ApiRequest, outcome: Outcome, settings: RestSettings): Answer {
  if (plan.explain !== null) return { status: 200, headers: contentHeaders(plan, request), body: outcome.body };
  switch (plan.kind) {
    case 'read':
      return answerRead(plan, request, outcome, settings);
    case 'call':
      return answerCall(plan, request, outcome, settings);
    case 'mutation':
      return answerMutation(plan, request, outcome);
  }
}

function answerRead(plan: ReadStatementPlan, request: ApiRequest, outcome: Outcome, settings: RestSettings): Answer {
  const { status, range, body } = ranged(request, outcome, settings);
  const query = request.canonicalQuery();
  const headers: readonly HeaderPair[] = [
    ['Content-Range', range],
    ['Content-Location', `${pathOf(plan.target.name)}${query === '' ? '' : `?${query}`}`],
    ...contentHeaders(plan, request),
    ...preferenceHeader(plan, request),
    ...nextPage(plan, request, outcome),
  ];
  if (plan.headersOnly || status === 416) return { status, headers, body: plan.headersOnly ? null : body };
  return conditional({ status, headers, body }, request);
}

/** With the body's entity tag; 304 where the client has that already, 412 where it wants to be told that it is another. */
function conditional(answer: Answer & { readonly body: string | Uint8Array }, { conditions }: ApiRequest): Answer {
  const tag = entityTag(answer.body);
  const headers: readonly HeaderPair[] = [...answer.headers, ['ETag', tag]];
  if (conditions.ifMatch !== null && !tagMatches(conditions.ifMatch, tag)) throw preconditionFailed('changed');
  if (conditions.ifNoneMatch === null || !tagMatches(conditions.ifNoneMatch, tag)) return { ...answer, headers };
  return { status: 304, headers: headers.filter(([name]) => name !== 'Content-Type'), body: null };
}

/** A full page links to the next one: the same address, with the cursor of its last row. */
function nextPage({ cursor }: ReadStatementPlan, request: ApiRequest, { last }: Outcome): readonly HeaderPair[] {
  if (cursor === null || last === null || request.range.limit === 0) return [];
  const query = request
    .canonicalQuery()
    .split('&')
    .filter((pair) => pair !== '' && !pair.startsWith('cursor='));
  const token = writeCursor({ signature: cursor.signature, values: last });
  return [['Link', `<?${[...query, `cursor=${token}`].join('&')}>; rel="next"`]];
}

function answerCall(plan: CallStatementPlan, request: ApiRequest, outcome: Outcome, settings: RestSettings): Answer {
  const { status, range, body } = ranged(request, outcome, settings);
  const headers: readonly HeaderPair[] = [['Content-Range', range], ...preferenceHeader(plan, request)];
  if (plan.call.returnsVoid) return { status: 204, headers, body: null };
  return { status, headers: [...headers, ...contentHeaders(plan, request)], body: plan.headersOnly ? null : body };
}

function ranged(request: ApiRequest, outcome: Outcome, settings: RestSettings) {
  const lower = request.range.limit === 0 ? 0 : request.range.offset;
  const upper = lower + outcome.page - 1;
  const status = rangeStatus(lower, upper, outcome.total);
  const range = contentRange(lower, upper, outcome.total);
  if (status !== 416) return { status, range, body: outcome.body };
  const refused = invalidRange({ offset: lower, total: outcome.total ?? 0 });
  return { status, range, body: errorBody(refused, settings.errorVerbosity) };
}

function answerMutation(plan: MutationStatementPlan, request: ApiRequest, outcome: Outcome): Answer {
  const shown = request.preferences.return === 'representation';
  const content = shown ? contentHeaders(plan, request) : [];
  const body = shown ? outcome.body : null;
  const headers = [...mutationRange(plan, request, outcome), ...content, ...preferenceHeader(plan, request)];
  if (plan.method !== 'insert') return { status: mutationStatus(plan, outcome, shown), headers, body };
  const created = [...location(plan, outcome), ...headers];
  return { status: insertStatus(request, outcome), headers: created, body: body ?? '' };
}

function mutationRange(plan: MutationStatementPlan, request: ApiRequest, { page }: Outcome): readonly HeaderPair[] {
  const { count } = request.preferences;
  const total = count === 'exact' || count === 'estimated' ? page : null;
  switch (plan.method) {
    case 'upsert':
      return [];
    case 'update':
      return [['Content-Range', contentRange(0, page - 1, total)]];
    case 'insert':
    case 'delete':
      return [['Content-Range', contentRange(1, 0, total)]];
  }
}

function mutationStatus(plan: MutationStatementPlan, { inserted }: Outcome, shown: boolean): number {
  if (!shown) return 204;
  return plan.method === 'upsert' && (inserted ?? 0) > 0 ? 201 : 200;
}

/** An upsert that created nothing is a 200. */
function insertStatus({ preferences }: ApiRequest, { inserted }: Outcome): number {
  return preferences.resolution === 'merge-duplicates' && (inserted ?? 0) <= 0 ? 200 : 201;
}

function location({ target }: MutationStatementPlan, outcome: Outcome): readonly HeaderPair[] {
  if (outcome.location === null) return [];
  const query = outcome.location.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  return [['Location', `${pathOf(target.name)}?${query}`]];
}

/** The path of a relation; its name is not percent-encoded, unless no header could hold it. */
const pathOf = (name: string): string => `/${headerText(name) ?? encode(name)}`;

/** As URLs are made elsewhere in the dialect: only letters, digits and `-_.~` stay as they are. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

function contentHeaders({ media }: StatementPlan, request: ApiRequest): readonly HeaderPair[] {
  const type: HeaderPair = ['Content-Type', contentTypeOf(media)];
  return request.negotiatedByProfile ? [type, ['Content-Profile', profileOf(request)]] : [type];
}

/** The schema's name as `Accept-Profile` would send it. */
const profileOf = ({ schema }: ApiRequest): string => headerText(schema) ?? encode(schema);

function preferenceHeader(plan: StatementPlan, { preferences }: ApiRequest): readonly HeaderPair[] {
  const applied = appliedPreferences(plan, preferences);
  return applied === undefined ? [] : [['Preference-Applied', applied]];
}

/** What else but the URL decides a response. */
const VARY = 'Accept, Prefer, Range';

function finish(answer: Answer, outcome: Outcome): Response {
  const status = statusOverride(outcome.status, answer.status);
  const headers = headersOf(answer);
  if (outcome.headers !== null) override(headers, headersOverride(outcome.headers));
  const body = BODILESS.has(status) || answer.body === '' ? null : answer.body;
  return new Response(body, { status, headers });
}

function headersOf({ headers: pairs, body }: Pick<Answer, 'headers' | 'body'>): Headers {
  const headers = new Headers();
  for (const [name, value] of pairs) headers.append(name, value);
  if (body !== null) headers.set('Content-Length', String(byteLength(body)));
  headers.set('Vary', VARY);
  return headers;
}

const byteLength = (body: string | Uint8Array): number =>
  typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;

/** SQL's headers replace the dialect's of the same name, and may repeat among themselves. */
function override(headers: Headers, pairs: readonly HeaderPair[]): void {
  for (const [name] of pairs) headers.delete(name);
  for (const [name, value] of pairs) headers.append(name, value);
}

/** Rows that are still being read; `total` is how many there are without the range, where that was asked for. */
export function respondStream(
  plan: ReadStatementPlan | CallStatementPlan,
  request: ApiRequest,
  rows: ReadableStream<Uint8Array>,
  total: number | null,
): Response {
  const headers = headersOf({
    headers: [...contentHeaders(plan, request), ...preferenceHeader(plan, request)],
    body: null,
  });
  if (total === null) return new Response(rows, { status: 200, headers });
  const { offset: lower, limit } = request.range;
  const most = Math.min(limit ?? Number.POSITIVE_INFINITY, plan.maxRows ?? Number.POSITIVE_INFINITY);
  const upper = Math.min(total, lower + most) - 1;
  headers.set('Content-Range', contentRange(lower, upper, total));
  return new Response(rows, { status: rangeStatus(lower, upper, total), headers });
}

/** OPTIONS. */
export function respondInfo({ allow }: InfoPlan): Response {
  const headers = { Allow: allow.join(','), 'Access-Control-Allow-Origin': '*', 'Content-Length': '0', Vary: VARY };
  return new Response(null, { status: 200, headers });
}

/** The description of a schema. */
export function respondInspect({ headersOnly }: InspectPlan, request: ApiRequest, document: string): Response {
  const headers = new Headers({ 'Content-Type': contentTypeOf({ kind: 'openapi' }), Vary: VARY });
  if (!headersOnly) headers.set('Content-Length', String(byteLength(document)));
  if (request.negotiatedByProfile) headers.set('Content-Profile', profileOf(request));
  return new Response(headersOnly || document === '' ? null : document, { status: 200, headers });
}

/** `Warning` for embeds that are addressed by a name which will stop working; empty where there are none. */
function legacyWarning({ legacyNames }: StatementPlan): string {
  if (legacyNames.length === 0) return '';
  const renames = legacyNames.map(({ name, alias }) => `\`${name}\` to \`${alias}\``).join(', ');
  return (
    `299 PostgRESTv${DIALECT_VERSION} "Embedded resource was referenced by relation name even though it has an alias. ` +
    'This is deprecated and will stop working in a future release. ' +
    `Update ${renames} in query string filters, orders or limits."`
  );
}
