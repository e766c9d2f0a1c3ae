import { type Catalog, findTable, type Routine, type Table } from '../../catalog/index.ts';
import { FuzzySet } from '../errors/fuzzy-set.ts';
import { invalidPreferences, maxAffectedOnScalar, mediaTypeUnavailable } from '../errors/request-errors.ts';
import { noTable } from '../errors/schema-errors.ts';
import { mimeOf } from '../parse/media-type.ts';
import type { ApiRequest, MediaType, Mutation } from '../parse/types.ts';
import type { RestSettings } from '../settings.ts';
import { givenNames, planCall } from './call.ts';
import type { Draft } from './draft.ts';
import { planMutation } from './mutation.ts';
import { type Negotiated, negotiate } from './negotiate.ts';
import { draftRead, finishRead, hasDefaultSelect, legacyNames } from './read.ts';
import { callBody, chooseRoutine } from './routine.ts';
import type {
  CallStatementPlan,
  Guard,
  InfoPlan,
  InspectPlan,
  Isolation,
  MutationStatementPlan,
  Plan,
  Qualified,
  ReadStatementPlan,
  Value,
} from './types.ts';

/**
 * What a request means against the catalog, as frozen data. Every mistake a user can make ends here: unknown names (with the
 * nearest right one), ambiguity, media types nobody makes, and rules between parameters.
 *
 * @throws DialectError
 */
export function plan(request: ApiRequest, catalog: Catalog, settings: RestSettings): Plan {
  return deepFreeze(planAction(request, catalog, settings));
}

function planAction(request: ApiRequest, catalog: Catalog, settings: RestSettings): Plan {
  const { action, schema } = request;
  switch (action.kind) {
    case 'read':
      return planRead(request, catalog, settings, { schema, name: action.relation }, action.headersOnly);
    case 'mutate':
      return planMutate(request, catalog, settings, { schema, name: action.relation }, action.mutation);
    case 'call':
      return planRoutine(request, catalog, settings, { schema, name: action.routine });
    case 'schema':
      return planInspect(request, action.headersOnly);
    case 'info':
      return planInfo(request, catalog);
    case 'batch':
      throw new Error('A batch is planned operation by operation');
  }
}

type Shared = Pick<ReadStatementPlan, 'media' | 'handler' | 'explain' | 'read' | 'count' | 'maxRows' | 'legacyNames'>;

function shared(request: ApiRequest, settings: RestSettings, root: Draft, { media, handler }: Negotiated): Shared {
  return {
    media,
    handler,
    explain: media.kind === 'plan' ? { format: media.format, options: media.options } : null,
    read: finishRead(root),
    count: request.preferences.count,
    maxRows: settings.maxRows,
    legacyNames: settings.legacyTargetNames ? legacyNames(root) : [],
  };
}

function planRead(
  request: ApiRequest,
  catalog: Catalog,
  settings: RestSettings,
  target: Qualified,
  headersOnly: boolean,
): ReadStatementPlan {
  knownTable(catalog, target);
  const root = draftRead(catalog, request, target, settings);
  const wholeRow = hasDefaultSelect(root);
  const negotiated = negotiate(catalog, request, target, { ...settings, wholeRow, silent: headersOnly });
  checkPreferences(request);
  const guard = { exactlyOne: singular(negotiated.media), maxAffected: null };
  return { kind: 'read', target, headersOnly, guard, ...shared(request, settings, root, negotiated) };
}

function planMutate(
  request: ApiRequest,
  catalog: Catalog,
  settings: RestSettings,
  target: Qualified,
  method: Mutation,
): MutationStatementPlan {
  const table = knownTable(catalog, target);
  const root = draftRead(catalog, request, target, settings);
  const mutation = planMutation(catalog, request, table, method, root);
  checkPreferences(request);
  const silent = request.preferences.return !== 'representation';
  const wholeRow = hasDefaultSelect(root);
  const negotiated = negotiate(catalog, request, target, { ...settings, wholeRow, silent });
  return {
    kind: 'mutation',
    target,
    method,
    mutation,
    location: method === 'insert' && request.preferences.return === 'headers-only',
    resolvable: table.primaryKey.length > 0 || request.onConflict !== null,
    guard: mutationGuard(request, method, negotiated.media),
    ...shared(request, settings, root, negotiated),
  };
}

function mutationGuard(request: ApiRequest, method: Mutation, media: MediaType): Guard {
  const exactlyOne = method === 'upsert' ? 'put' : singular(media);
  return { exactlyOne, maxAffected: method === 'update' || method === 'delete' ? maxAffected(request) : null };
}

function maxAffected({ preferences }: ApiRequest): Value | null {
  return preferences.handling === 'strict' && preferences.maxAffected !== null ? { from: 'max-affected' } : null;
}

const singular = (media: MediaType): 'singular' | null => (media.kind === 'object' ? 'singular' : null);

/** A function that returns one row always does. */
const UNGUARDED: Guard = { exactlyOne: null, maxAffected: null };

function planRoutine(
  request: ApiRequest,
  catalog: Catalog,
  settings: RestSettings,
  name: Qualified,
): CallStatementPlan {
  const routine = routineFor(request, catalog, name);
  // set-returning functions are embedded into, and handled, as the table whose rows they return
  const rows = { schema: routine.schema, name: routine.returns.isComposite ? routine.returns.type.name : routine.name };
  const root = draftRead(catalog, request, rows, settings);
  const call = planCall(routine, request, root);
  const headersOnly = request.method === 'HEAD';
  const wholeRow = hasDefaultSelect(root);
  const negotiated = negotiate(catalog, request, rows, { ...settings, wholeRow, silent: headersOnly });
  checkPreferences(request);
  if (call.single && maxAffected(request) !== null) throw maxAffectedOnScalar();
  return {
    kind: 'call',
    target: name,
    call,
    headersOnly,
    readOnly: request.method !== 'POST' || routine.volatility !== 'volatile',
    isolation: isolationOf(routine.isolation),
    settings: routine.settings.filter(([setting]) => settings.hoistedSettings.includes(setting)),
    guard: call.single ? UNGUARDED : { exactlyOne: singular(negotiated.media), maxAffected: maxAffected(request) },
    ...shared(request, settings, root, negotiated),
  };
}

function routineFor(request: ApiRequest, catalog: Catalog, name: Qualified): Routine {
  const post = request.action.kind === 'call' && request.action.invocation === 'post';
  const body = post ? callBody(request.contentType) : null;
  return chooseRoutine(catalog, { name, arguments: new Set(givenNames(request)), body });
}

const ISOLATIONS: readonly Isolation[] = ['read committed', 'repeatable read', 'serializable'];

export const isolationOf = (name: string | null): Isolation | null =>
  ISOLATIONS.find((isolation) => isolation === name?.toLowerCase()) ?? null;

function planInspect(request: ApiRequest, headersOnly: boolean): InspectPlan {
  const served = request.accept.some(({ kind }) => kind === 'openapi' || kind === 'json' || kind === 'any');
  if (!served) throw mediaTypeUnavailable(request.accept.map(mimeOf));
  return { kind: 'inspect', schema: request.schema, headersOnly };
}

function planInfo(request: ApiRequest, catalog: Catalog): InfoPlan {
  const { action, schema } = request;
  if (action.kind !== 'info' || action.of === 'schema') return { kind: 'info', allow: ['OPTIONS', 'GET', 'HEAD'] };
  const name = { schema, name: action.name };
  if (action.of === 'relation') return { kind: 'info', allow: relationMethods(knownTable(catalog, name)) };
  const { volatility } = routineFor(request, catalog, name);
  const read = volatility === 'volatile' ? [] : ['GET', 'HEAD'];
  return { kind: 'info', allow: ['OPTIONS', ...read, 'POST'] };
}

function relationMethods({ insertable, updatable, deletable, primaryKey }: Table): readonly string[] {
  const put = insertable && updatable && primaryKey.length > 0;
  return [
    ...['OPTIONS', 'GET', 'HEAD'],
    ...(insertable ? ['POST'] : []),
    ...(put ? ['PUT'] : []),
    ...(updatable ? ['PATCH'] : []),
    ...(deletable ? ['DELETE'] : []),
  ];
}

/** Above this many tables a schema gets no hints: the set of their names would weigh more than it helps. */
const MAX_HINTED_TABLES = 500;
const fuzzyTables = new WeakMap<object, FuzzySet>();

function knownTable(catalog: Catalog, name: Qualified): Table {
  const table = findTable(catalog, name);
  if (table === undefined) throw noTable(name.schema, name.name, fuzzyNames(catalog, name.schema));
  return table;
}

function fuzzyNames(catalog: Catalog, schema: string): FuzzySet | undefined {
  const known = catalog.schemas.get(schema);
  if (known === undefined || known.tableNames.length === 0 || known.tableNames.length >= MAX_HINTED_TABLES) {
    return undefined;
  }
  const names = fuzzyTables.get(known) ?? new FuzzySet(known.tableNames);
  fuzzyTables.set(known, names);
  return names;
}

function checkPreferences({ preferences }: ApiRequest): void {
  if (preferences.handling === 'strict' && preferences.unknown.length > 0)
    throw invalidPreferences(preferences.unknown);
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
