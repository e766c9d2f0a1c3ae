import type { CaseRequest } from './request.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Difference {
  readonly request: CaseRequest;
  readonly theirs: Answer;
  readonly ours: Answer;
}

interface Problem {
  readonly code?: string;
  readonly details?: unknown;
  readonly message?: string;
}

type Test = (difference: Difference, theirs: Problem, ours: Problem) => boolean;

/**
 * Why an older PostgREST (12.0 was compared) answers otherwise than the dialect's newest version. A difference that none of
 * these explains is to be looked at.
 */
const REASONS: Readonly<Record<string, Test>> = {
  'unknown tables, columns and paths have codes of their own': (_, __, ours) =>
    ['PGRST204', 'PGRST205', 'PGRST125', 'PGRST117'].includes(ours.code ?? ''),
  'an unavailable media type is 406': ({ theirs, ours }, { code }) =>
    theirs.status === 415 && (ours.status === 406 || ours.status === 404 || code === 'PGRST107'),
  'media types are read without regard to case': ({ request }) =>
    /[A-Z]/.test(`${request.headers['content-type'] ?? ''}${request.headers.accept ?? ''}`),
  'full-text search converts its column': ({ request }) => /fts/.test(request.path),
  'to-many relationships can be spread': (_, theirs) => theirs.code === 'PGRST119',
  'is.not_null': (_, theirs, ours) =>
    theirs.code === 'PGRST100' && /trilean/.test(String(theirs.details)) && ours !== theirs,
  'max-affected and invalid time zones': ({ request }) => /max-affected|timezone/.test(request.headers.prefer ?? ''),
  'limited updates and deletes are gone': ({ request }) =>
    /PATCH|DELETE/.test(request.method) && /limit=|offset=/.test(request.path),
  'tokens and schemas are refused with other words': (_, theirs) => /^PGRST(30|106)/.test(theirs.code ?? ''),
  'a single object that is none has another message': (_, theirs, ours) =>
    theirs.code === 'PGRST116' && ours.code === 'PGRST116',
  'hints name only what is near': (_, theirs, ours) => theirs.code === 'PGRST202' && ours.code === 'PGRST202',
  'raised errors that cannot be read say why': (_, theirs, ours) =>
    theirs.code === 'PGRST121' && ours.code === 'PGRST121',
  'arguments in the query string reach their type as text': ({ request, ours }) =>
    /^\/rpc\/defs\?/.test(request.path) && ours.status === 200,
  'only unnamed parameters take a whole body': ({ request }, theirs, ours) =>
    ours.code === 'PGRST202' && (theirs.code === '42883' || request.path.startsWith('/rpc/takes_jsonb')),
  'a body is read as what it is, not wrapped into an array first': (_, theirs, ours) =>
    theirs.code === '22023' && ours.code === '22023',
  'filters of a function reach it by their names alone': (_, theirs, ours) =>
    theirs.code === '42703' && ours.code === '42703' && /pgrst_call/.test(ours.message ?? ''),
  'the root says its version and address': ({ request }) => request.path === '/',
  'handlers for any row serve functions, handlers for a table only its whole rows': ({ request }) =>
    /text\/plain|twkb/.test(request.headers.accept ?? ''),
};

/** The reason for a difference, or undefined. */
export function reasonFor(difference: Difference): string | undefined {
  const [theirs, ours] = [problemOf(difference.theirs), problemOf(difference.ours)];
  return Object.entries(REASONS).find(([, test]) => test(difference, theirs, ours))?.[0];
}

function problemOf({ body }: Answer): Problem {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
