import type { LiveRequest } from '../../api/shapes.ts';

const shell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The request as a curl command; the token is the reader's to put in. */
export function asCurl({ method, url, headers, body }: LiveRequest, origin: string): string {
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}${shell(origin + url)}`];
  lines.push(`-H "Authorization: Bearer $TOKEN"`);
  for (const [name, value] of Object.entries(headers)) lines.push(`-H ${shell(`${name}: ${value}`)}`);
  if (body !== null) lines.push(`--data ${shell(body)}`);
  return lines.join(' \\\n  ');
}

const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** Operators whose method has another name, or takes something else than text. */
const methods = new Set(['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'like', 'ilike', 'match', 'imatch']);
const structural = new Set(['select', 'order', 'limit', 'offset', 'columns', 'on_conflict', 'cursor', 'and', 'or']);

/** The request as supabase-js writes it; null where it is not to a table or function. */
export function asSupabase(request: LiveRequest): string | null {
  const [path = '', query = ''] = request.url.split('?', 2);
  const found = /^\/rest\/v1\/(rpc\/)?([^/]+)$/.exec(path);
  if (found === null) return null;
  const name = decodeURIComponent(found[2] ?? '');
  const params = new URLSearchParams(query);
  const profile = request.headers['accept-profile'] ?? request.headers['content-profile'];
  const client = profile === undefined ? 'supabase' : `supabase.schema(${text(profile)})`;
  const start = found[1] === undefined ? `${client}\n  .from(${text(name)})` : `${client}`;
  const calls =
    found[1] === undefined ? [verbOf(request, params)] : [`.rpc(${text(name)}${rpcArguments(request, params)})`];
  const filters = found[1] === undefined || request.method === 'POST' ? [...params].flatMap(filterCall) : [];
  return `const { data, error } = await ${[start, ...calls, ...filters, ...pageCalls(params), ...shapeCalls(request)].join('\n  ')}`;
}

const rpcArguments = ({ method, body }: LiveRequest, params: URLSearchParams): string => {
  if (method === 'POST') return body === null ? '' : `, ${body}`;
  const given = Object.fromEntries([...params].filter(([name]) => !structural.has(name)));
  return `, ${JSON.stringify(given)}, { get: true }`;
};

function verbOf({ method, body, headers }: LiveRequest, params: URLSearchParams): string {
  const prefer = headers.prefer ?? '';
  const count = /count=(\w+)/.exec(prefer)?.[1];
  const options = [count && `count: ${text(count)}`, method === 'HEAD' && 'head: true'].filter(Boolean).join(', ');
  const select = `.select(${text(params.get('select') ?? '*')}${options === '' ? '' : `, { ${options} }`})`;
  const returning = prefer.includes('return=representation') ? `\n  ${select}` : '';
  const given = body ?? '{ … }';
  if (method === 'POST') {
    const verb = prefer.includes('resolution=') ? 'upsert' : 'insert';
    const conflict = params.get('on_conflict');
    return `.${verb}(${given}${conflict === null ? '' : `, { onConflict: ${text(conflict)} }`})${returning}`;
  }
  if (method === 'PATCH') return `.update(${given})${returning}`;
  if (method === 'DELETE') return `.delete()${returning}`;
  return select;
}

function filterCall([name, value]: readonly [string, string]): readonly string[] {
  if (structural.has(name)) return name === 'or' ? [`.or(${text(value.replace(/^\(|\)$/g, ''))})`] : [];
  const [operator = '', ...rest] = value.split('.');
  const operand = rest.join('.');
  if (operator === 'is' && ['null', 'true', 'false'].includes(operand)) return [`.is(${text(name)}, ${operand})`];
  if (operator === 'in') return [`.in(${text(name)}, [${operand.replace(/^\(|\)$/g, '').replaceAll('"', "'")}])`];
  if (methods.has(operator))
    return [`.${operator}(${text(name)}, ${/^-?\d+$/.test(operand) ? operand : text(operand)})`];
  return [`.filter(${text(name)}, ${text(operator)}, ${text(operand)})`];
}

function pageCalls(params: URLSearchParams): readonly string[] {
  const orders = (params.get('order') ?? '').split(',').filter((term) => term !== '');
  const limit = params.get('limit');
  const offset = Number(params.get('offset') ?? 0);
  return [
    ...orders.map((term) => {
      const [column = '', ...modifiers] = term.split('.');
      return `.order(${text(column)}${modifiers.includes('desc') ? ', { ascending: false }' : ''})`;
    }),
    ...(limit === null ? [] : [offset > 0 ? `.range(${offset}, ${offset + Number(limit) - 1})` : `.limit(${limit})`]),
  ];
}

const shapeCalls = ({ headers }: LiveRequest): readonly string[] =>
  (headers.accept ?? '').includes('vnd.pgrst.object')
    ? ['.single()']
    : (headers.accept ?? '').includes('csv')
      ? ['.csv()']
      : [];
