import { type Case, type CaseName, ENTRY } from '../dataset.ts';
import { CALLERS, type Peer } from '../peer.ts';
import { ownServer, sayAddress } from '../program.ts';
import { SECRET } from '../token.ts';

/** The same data in its own language, with its default preset's names. */
const QUERIES: Readonly<Record<CaseName, string>> = {
  'one row': '{ rows: itemByRowId(rowId: 77) { id: rowId title status } }',
  '50 rows':
    '{ rows: allItems(orderBy: ROW_ID_DESC, first: 50) { nodes { id: rowId owner_id: ownerId title status price created_at: createdAt } } }',
  '20 rows, 2 embeds':
    '{ rows: allItems(orderBy: ROW_ID_ASC, first: 20) { nodes { id: rowId title owner: ownerByOwnerId { name } notes: notesByItemId { nodes { id: rowId body } } } } }',
  insert: `mutation { createEntry(input: {entry: {title: "${ENTRY.title}", amount: ${ENTRY.amount}}}) { clientMutationId } }`,
};

export const postgraphile: Peer = {
  key: 'postgraphile',
  name: 'PostGraphile 5.1.5',
  engines: ['postgres'],
  callers: CALLERS,
  packages: ['postgraphile@5.1.5'],
  asked: () => 'Hutch ≥ 3 × its',
  program: ({ caller, databaseUrl = '' }, folder) => ({
    command: ownServer('postgraphile.ts'),
    env: { CALLER: caller, DATABASE_URL: databaseUrl, FOLDER: folder, GRAPHILE_ENV: 'production', SECRET },
    address: sayAddress,
  }),
  request: ({ name }): Case => ({
    name,
    method: 'POST',
    url: '/graphql',
    body: JSON.stringify({ query: QUERIES[name] }),
  }),
  rows: (answer) => listed(answer).data?.rows,
};

interface Answer {
  readonly data?: { readonly rows?: unknown };
}

/** Connections as the lists that they hold; one row as a list of one. */
function listed(answer: unknown): Answer {
  const text = JSON.stringify(answer, (_, value) => (isConnection(value) ? value.nodes : value));
  const { data } = JSON.parse(text) as Answer; // what the line above has written
  return { data: { rows: Array.isArray(data?.rows) ? data.rows : [data?.rows] } };
}

const isConnection = (value: unknown): value is { readonly nodes: readonly unknown[] } =>
  typeof value === 'object' && value !== null && 'nodes' in value && Array.isArray(value.nodes);
