import { type CaseRequest, encode, get, pairs, prefer, request } from './request.ts';

const OPERATORS =
  'eq neq gt gte lt lte like ilike match imatch in is isdistinct fts plfts phfts wfts cs cd ov sl sr nxr nxl adj not and foo ' +
  'EQ eqq is.not fts(english) wfts(french) plfts(simple) fts() fts(english eq(any) eq(all) like(any) like(all) ilike(any) ' +
  'gt(any) neq(any) in(any) eq() eq(some) match(any) is(any) cs(any)';

const VALUES = [
  ...[
    '1',
    'x',
    '',
    'null',
    'true',
    '{1,2}',
    '{1}',
    '(1,2)',
    '(1,"2")',
    '[1,5)',
    '(,)',
    '*o*',
    '^a',
    'a.b',
    '"q"',
    'a,b',
  ],
  ...[
    'not',
    '.',
    '{}',
    'fun',
    'fun & x',
    'NULL',
    'Not_Null',
    'unknown',
    '%',
    '{"a":1}',
    'any',
    '(',
    ')',
    "'",
    '\\',
    '()',
  ],
  ...['(1', '1)', '("a,b",c)', '("a\\"b")', '("a"x)'],
];

const COLUMNS =
  'id c_bool c_int2 c_int8 c_num c_f4 c_f8 c_text c_vc c_char c_bytea c_date c_time c_timetz c_ts c_tstz c_int c_uuid c_json ' +
  'c_jsonb c_xml c_inet c_cidr c_mac c_point c_box c_bit c_vbit c_money c_tsv c_tsq c_mood c_addr c_dom c_arr c_tarr c_marr ' +
  'c_aarr c_jarr c_ir c_tr c_nr c_mr c_oid c_gen c_arr2';

const PATHS = [
  ...['c_jsonb->a', 'c_jsonb->>a', 'c_jsonb->a->b->0', 'c_jsonb->a->b->-1', 'c_jsonb->a->b->2->>c', 'c_jsonb->"k y"'],
  ...[
    'c_jsonb->k y',
    'c_jsonb->>1',
    'c_jsonb->a->',
    'c_jsonb->',
    'c_jsonb>a',
    'c_jsonb->-',
    'c_jsonb->1a',
    'c_addr->street',
  ],
  ...[
    'c_arr->0',
    'c_arr->>-1',
    'c_aarr->0->street',
    'c_jsonb->a.b',
    'c_jsonb->"a.b"',
    'c_text->a',
    'nope->a',
    'c_jsonb->é',
  ],
  ...['c_jsonb->s::text', 'c_jsonb->>z::int', 'z:c_jsonb->a', 'z:c_jsonb->a::json', "c_jsonb->'a'"],
];

export const SELECTS = [
  ...[
    '*',
    'id',
    'id,name',
    ' id , name ',
    'id,name,id',
    'id,',
    ',id',
    'id,,name',
    'a:id',
    'a:b:id',
    'id::text',
    'id::nope',
  ],
  ...[
    'id::character varying',
    'id::varchar(2)',
    'id::int[]',
    'nope',
    '*,*',
    '*,id',
    'a:*',
    '*::text',
    '""',
    '"id"',
    '"a b":id',
  ],
  ...[
    'count()',
    'c:count()',
    'count()::text',
    'name,count()',
    'id.sum()',
    's:id.sum()::int',
    'id::int.avg()',
    'id.foo()',
  ],
  ...['id.sum', 'id.sum(', '*.count()', 'count(id)', 'clients', 'clients()', 'clients(', 'clients(*)', 'clients (*)'],
  ...[
    'x:clients(id,name)',
    'clients(nope)',
    'nope(*)',
    'clients!inner(*)',
    'clients!nope(*)',
    'clients!client_id!inner(*)',
  ],
  ...[
    'clients!inner!client_id(*)',
    'projects_client_id_fkey(*)',
    'client_id(*)',
    '...clients(cname:name)',
    '...clients',
  ],
  ...[
    'x:...clients(name)',
    '...clients(id.max())',
    'tasks(*)',
    'tasks(count())',
    'tasks(name,users(name))',
    'users(*)',
  ],
  ...[
    'tasks!inner(*)',
    'tasks(*),tasks(*)',
    'a:tasks(*),b:tasks(*)',
    'clients(*,projects(*,clients(*)))',
    'c_client(*)',
  ],
  ...[
    'clients(c_projects(*))',
    'clients(initials)',
    'parts(*)',
    'clients(name)::text',
    'clients->x(*)',
    'id!inner',
    '.',
  ],
  ...[
    '....clients(*)',
    'id name',
    'id;',
    "id'",
    'ïd',
    'id,é:name',
    ':id',
    'id:',
    '::text',
    'a-b:id',
    '-id',
    'id-',
    '1',
  ],
];

const EMBEDS: Readonly<Record<string, readonly string[]>> = {
  clients: ['projects', 'projects_view', 'mat_projects', 'c_projects', 'nums'],
  projects: ['clients', 'tasks', 'users', 'c_client', 'tasks_view', 'users_projects'],
  tasks: ['projects', 'users', 'projects_view', 'mat_projects'],
  users: ['projects', 'tasks', 'profile', 'comments', 'messages', 'messages!msg_sender', 'messages!recipient'],
  messages: ['users!msg_sender', 'users!sender', 'sender', 'msg_recipient'],
  org: ['org!parent_id', 'org!org_auditor', 'org', 'parent_id'],
  web: ['child_web', 'parent_web', 'web', 'p_web_id'],
  country: ['capital'],
  compound_child: ['compound'],
  comments: ['users', 'users_tasks', 'tasks'],
  projects_view: ['clients', 'tasks', 'users', 'tasks_view'],
};

const ORDERS = [
  ...[
    'id',
    'id.desc',
    'id.desc.nullsfirst',
    'id.nullslast',
    'name.desc,id',
    'id.',
    'id.foo',
    'id.ASC',
    'id.asc.nullsfirstx',
  ],
  ...[
    'id.descc',
    '',
    ',',
    'id,',
    ',id',
    ' id',
    'id , name',
    'id.desc.nullslast.x',
    'nope',
    '"id"',
    'id asc',
    'id->x',
    '(id)',
  ],
  ...['x(id)', 'x(id', 'id.nullsfirst.desc', '*', 'id::text'],
];

const PAGES = [
  ...[
    '',
    'limit=2',
    'limit=0',
    'limit=-1',
    'limit=x',
    'limit=',
    'limit=2&offset=1',
    'offset=2',
    'offset=-1',
    'offset=100',
  ],
  ...[
    'limit=0&offset=2',
    'limit=100',
    'offset=5',
    'offset=6',
    'limit=1&limit=2',
    'limit=0x2',
    'id=eq.99',
    'id=eq.99&offset=3',
  ],
];

const RANGES = ['', '0-1', '1-3', '2-', '5-', '6-', '3-1', '-3', 'x', '100-200', 'items=0-1', '0-1,2-3'];
const COUNTS = ['', 'count=exact', 'count=planned', 'count=estimated', 'count=x'];

export function* reading(): Generator<CaseRequest> {
  yield* filters();
  yield* columns();
  yield* embeds();
  for (const select of SELECTS) {
    yield get(`/projects?select=${encode(select)}&order=id`);
    yield get(`/projects?select=${encode(select)}`, { accept: 'application/vnd.pgrst.object+json' });
    yield get(`/rpc/get_projects?select=${encode(select)}`);
  }
  for (const order of ORDERS) yield get(`/lim?order=${encode(order)}`);
  yield* pages();
}

function* filters(): Generator<CaseRequest> {
  for (const [operator, value] of pairs(OPERATORS.split(' '), VALUES)) {
    yield get(`/lim?select=id&name=${operator}.${encode(value)}&order=id`);
    yield get(`/lim?select=id&id=not.${operator}.${encode(value)}&order=id`);
    yield get(`/lim?select=id&or=(name.${operator}.${encode(value)},id.eq.1)&order=id`);
  }
}

function* columns(): Generator<CaseRequest> {
  for (const column of COLUMNS.split(' ')) {
    yield get(`/types?select=id,${column}&order=id`);
    yield get(`/types?select=x:${column}::text&order=id`, { accept: 'text/csv' });
    yield get(`/types?select=id&order=${column}.desc.nullslast,id`);
    yield get(`/types?select=${column}.max()`);
    for (const [operator, value] of pairs(['eq', 'cs', 'ov', 'like', 'is', 'adj'], ['1', 'x', '{1,2}', 'null'])) {
      yield get(`/types?select=id&${column}=${operator}.${encode(value)}&order=id`);
    }
  }
  for (const path of PATHS) {
    yield get(`/types?select=${encode(path)}&order=id`);
    yield get(`/types?select=id&order=${encode(path)},id`);
    yield get(`/types?select=id&${encode(path)}=not.is.null&order=id`);
  }
}

function* embeds(): Generator<CaseRequest> {
  for (const [table, names] of Object.entries(EMBEDS)) {
    for (const name of names) for (const query of embedQueries(table, name)) yield get(`/${table}?${query}`);
  }
}

function* embedQueries(table: string, embed: string): Generator<string> {
  const bare = embed.replace(/!.*/, '');
  const shapes = [`*,${embed}(*)`, `*,z:${embed}(*)`, `*,${embed}!inner(*)`, `*,${embed}()`, `${embed}(*,${table}(*))`];
  const rest = [
    ...['', `&${bare}.id=gt.1`, `&${bare}.order=id.desc`, `&${bare}.limit=1&${bare}.offset=1`, `&${bare}=is.null`],
    ...[
      `&${bare}=not.is.null`,
      `&order=${bare}(id).desc`,
      `&or=(${bare}.is.null,id.eq.1)`,
      `&${bare}.or=(id.eq.1,id.eq.2)`,
    ],
    ...[`&z.id=eq.1`, `&order=z(id)`, `&${bare}.nope=eq.1`, `&${bare}=eq.1`, `&not.${bare}.or=(id.eq.1)`],
  ];
  for (const [select, more] of pairs(shapes, rest)) yield `select=${encode(select)}${more}`;
}

function* pages(): Generator<CaseRequest> {
  for (const [page, range] of pairs(PAGES, RANGES)) {
    for (const count of COUNTS) {
      const headers = { ...prefer(count), ...(range === '' ? {} : { 'range-unit': 'items', range }) };
      yield get(`/lim?select=id&order=id&${page}`, headers);
      yield request('HEAD', `/lim?${page}`, headers);
    }
  }
}
