import { type Catalog, findTable } from '../../catalog/index.ts';
import { invalidPreferences, maxAffectedOnScalar } from '../errors/request-errors.ts';
import type { ApiRequest, MediaType, Mutation } from '../parse/types.ts';
import type { RestSettings } from '../settings.ts';
import { planCall, routineFor } from './call.ts';
import { planCursor } from './cursor.ts';
import { type Draft, nodes } from './draft.ts';
import { planInfo, planInspect } from './info.ts';
import { knownTable } from './known-table.ts';
import { planMutation } from './mutation.ts';
import { type Negotiated, negotiate } from './negotiate.ts';
import { draftRead, finishRead, hasDefaultSelect, legacyNames } from './read.ts';
import type {
  CallStatementPlan,
  Guard,
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
  const planning = { request, catalog, settings };
  switch (action.kind) {
    case 'read':
      return planRead(planning, { schema, name: action.relation }, action.headersOnly);
    case 'mutate':
      return planMutate(planning, { schema, name: action.relation }, action.mutation);
    case 'call':
      return planRoutine(planning, { schema, name: action.routine });
    case 'schema':
      return planInspect(request, action.headersOnly);
    case 'info':
      // a function's methods are only told where a call of it would be understood
      if (action.of === 'routine') planRoutine(planning, { schema, name: action.name });
      return planInfo(request, catalog);
    case 'batch':
      throw new Error('A batch is planned operation by operation');
  }
}

type Shared = Omit<ReadStatementPlan, 'kind' | 'target' | 'headersOnly' | 'cursor' | 'guard' | 'settings'>;

/** What a plan is made from. */
interface Planning {
  readonly request: ApiRequest;
  readonly catalog: Catalog;
  readonly settings: RestSettings;
}

function shared({ request, catalog, settings }: Planning, root: Draft, { media, handler }: Negotiated): Shared {
  return {
    media,
    handler,
    explain: media.kind === 'plan' ? { format: media.format, options: media.options } : null,
    read: finishRead(catalog, root),
    count: request.preferences.count,
    maxRows: settings.maxRows,
    legacyNames: settings.legacyTargetNames ? legacyNames(root) : [],
    softDelete: [...nodes(root)].some((node) => findTable(catalog, node.table)?.softDelete != null),
  };
}

function planRead(planning: Planning, target: Qualified, headersOnly: boolean): ReadStatementPlan {
  const { request, catalog, settings } = planning;
  knownTable(catalog, target);
  const root = draftRead(catalog, request, target, settings);
  const cursor = planCursor(catalog, request, root);
  const wholeRow = hasDefaultSelect(root);
  const negotiated = negotiate(catalog, request, target, { ...settings, wholeRow, silent: headersOnly, rows: true });
  checkPreferences(request);
  const guard = { exactlyOne: singular(negotiated.media), maxAffected: null };
  return {
    kind: 'read',
    target,
    headersOnly,
    cursor,
    guard,
    settings: [],
    ...shared(planning, root, negotiated),
  };
}

function planMutate(planning: Planning, target: Qualified, method: Mutation): MutationStatementPlan {
  const { request, catalog, settings } = planning;
  const table = knownTable(catalog, target);
  const root = draftRead(catalog, request, target, settings);
  const mutation = planMutation(catalog, request, table, method, root);
  checkPreferences(request);
  const silent = request.preferences.return !== 'representation';
  const wholeRow = hasDefaultSelect(root);
  const negotiated = negotiate(catalog, request, target, { ...settings, wholeRow, silent, rows: false });
  return {
    kind: 'mutation',
    target,
    method,
    mutation,
    location: method === 'insert' && request.preferences.return === 'headers-only',
    resolvable: table.primaryKey.length > 0 || request.onConflict !== null,
    guard: mutationGuard(request, method, negotiated.media),
    settings: mutation.kind === 'delete' && table.softDelete !== null ? PURGE : [],
    ...shared(planning, root, negotiated),
  };
}

/** Lets a DELETE be one where triggers would make it a mark. */
const PURGE = [['hutch.purge', 'on']] as const;

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

function planRoutine(planning: Planning, name: Qualified): CallStatementPlan {
  const { request, catalog, settings } = planning;
  const routine = routineFor(request, catalog, name);
  // set-returning functions are embedded into, and handled, as the table whose rows they return
  const rows = { schema: routine.schema, name: routine.returns.isComposite ? routine.returns.type.name : routine.name };
  const root = draftRead(catalog, request, rows, settings, routine.returns.isComposite);
  const call = planCall(routine, request, root);
  const headersOnly = request.method === 'HEAD';
  const wholeRow = hasDefaultSelect(root);
  const streamable = !call.returnsVoid && maxAffected(request) === null;
  const options = { ...settings, wholeRow, silent: headersOnly, rows: streamable };
  const negotiated = negotiate(catalog, request, rows, options);
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
    ...shared(planning, root, negotiated),
  };
}

const ISOLATIONS: readonly Isolation[] = ['read committed', 'repeatable read', 'serializable'];

export const isolationOf = (name: string | null): Isolation | null =>
  ISOLATIONS.find((isolation) => isolation === name?.toLowerCase()) ?? null;

function checkPreferences({ preferences }: ApiRequest): void {
  if (preferences.handling === 'strict' && preferences.unknown.length > 0)
    throw invalidPreferences(preferences.unknown);
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
