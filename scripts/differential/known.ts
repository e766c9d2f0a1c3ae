import type { CaseRequest } from './request.ts';

export interface Answer {
  readonly status: number;
  /** Lines of those that are compared, in order. */
  readonly headers: readonly string[];
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
  readonly hint?: unknown;
}

const PROXY_STATUS = 'proxy-status: PostgREST; error=';

type Test = (difference: Difference, theirs: Problem, ours: Problem) => boolean | undefined;

/** Where we answer otherwise on purpose. A difference that none of these explains is to be looked at. */
const REASONS: Readonly<Record<string, Test>> = {
  'columns that only an order, or a filter of an embed, names are returned along': ({ request }, theirs, ours) =>
    (/^(42703|42803|42846)$/.test(theirs.code ?? '') || ours.code === '42703') &&
    returnsRows(request) &&
    /[?&][^=]*(order|\.)|is\.null/.test(request.path),
  'conditions of an embed are none of the rows that are written': ({ request }) =>
    ['PATCH', 'DELETE'].includes(request.method) && /\.(not\.)?(or|and)=/.test(request.path),
  'nothing is grouped by an embed that selects nothing': ({ request }, { code }) =>
    (code === '42703' || code === '42702') && /\(\)([,&)]|$)/.test(readable(request.path)),
  'representations hold in embeds by whatever name': ({ request }) =>
    /repped.*\b(parent|owner|repped\w*_fkey)\b/.test(readable(request.path)),
  'embeds with a range come in the order of the URL, not in that of a hash': ({ request, theirs, ours }) =>
    /\.(limit|offset)=.*\.(limit|offset)=/.test(request.path) &&
    (theirs.status >= 300 || sorted(theirs.body) === sorted(ours.body)),
  'of equally near names another is suggested': (_, theirs, ours) =>
    theirs.message === ours.message && [theirs, ours].every(({ hint }) => /^Perhaps you meant/.test(String(hint))),
  'a server that gives up has no answer to agree with': ({ theirs }, { code }) =>
    theirs.status === 500 && (code === undefined || code === 'PGRSTX00'),
  'values of a variadic function are read even where its result is not asked for': ({ request, ours }) =>
    request.method === 'HEAD' && /^\/rpc\/.*varia/.test(request.path) && ours.status === 400,
  'a HEAD computes nothing of the rows that it counts': ({ request, theirs, ours }) =>
    request.method === 'HEAD' && theirs.status === 400 && ours.status < 300,
  'too many rows are told before what they refer to': (_, theirs, ours) =>
    theirs.code === '23503' && /^PGRST1(15|16|24)$/.test(ours.code ?? ''),
  'the header of CSV names the columns that follow': ({ theirs, ours }) =>
    theirs.headers.includes('content-type: text/csv; charset=utf-8') &&
    theirs.body.split('\n').slice(1).join() === ours.body.split('\n').slice(1).join(),
  'values are part of the text of a statement that streams CSV, so that they are looked at before operators': (
    { request },
    theirs,
    ours,
  ) => /csv/i.test(String(request.headers.accept)) && theirs.code?.startsWith('42') && ours.code?.startsWith('22'),
  'numbers of rows beyond 2^52 are taken for that, or rounded': ({ request }) =>
    /\d{16}/.test(`${request.headers.range} ${request.path}`),
  'of a role and a time zone that are none the time zone is told': (_, theirs, ours) =>
    theirs.code === '22023' && ours.code === '22023' && ours.message?.includes('TimeZone'),
  'a preflight says nothing of its trace': ({ request, theirs, ours }) =>
    request.method === 'OPTIONS' &&
    theirs.headers.filter((line) => !line.startsWith('x-request-id')).join() === ours.headers.join(),
  'an empty header before another of its name makes an empty preference': ({ request }) =>
    Array.isArray(request.headers.prefer) && request.headers.prefer[0] === '',
  'the root says its version and address': ({ request }) => /^\/(\?|$)/.test(request.path),
  "a write to a view that cannot be written to is the client's": ({ ours }, _, { code }) =>
    ours.status === 405 && code === '55000',
  "an upsert that has one key twice is the client's": ({ ours }, _, { code }) =>
    ours.status === 400 && code === '21000',
  'a page is cut before its embeds are joined, so of two mistakes its own is told': ({ request }, theirs, ours) =>
    hasEmbeds(request) && [theirs, ours].every(({ code }) => /^(22|42)/.test(code ?? '')),
  'rows that the order leaves equal stand as they do without embeds': ({ request, theirs, ours }) =>
    hasEmbeds(request) && theirs.status < 300 && ours.status < 300 && sorted(theirs.body) === sorted(ours.body),
  'there is no status below 200': ({ theirs }) => theirs.status < 200,
};

/** The reason for a difference, or undefined. */
export function reasonFor(difference: Difference): string | undefined {
  const [theirs, ours] = [problemOf(difference.theirs), problemOf(difference.ours)];
  return Object.entries(REASONS).find(([, test]) => test(difference, theirs, ours))?.[0];
}

/** Without percent-encoding, where that is sound. */
function readable(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const hasEmbeds = ({ path }: CaseRequest): boolean => /[?&]select=[^&]*\(/.test(readable(path));

/** For texts that differ by nothing but the order of what they say. */
const sorted = (text: string): string => [...text].sort().join('');

/** A function's rows, or those that were written. */
const returnsRows = ({ method, path }: CaseRequest): boolean =>
  path.startsWith('/rpc/') || !['GET', 'HEAD'].includes(method);

/** Without a body the code alone is known. */
function problemOf({ body, headers }: Answer): Problem {
  if (body === '') return { code: headers.find((line) => line.startsWith(PROXY_STATUS))?.slice(PROXY_STATUS.length) };
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
