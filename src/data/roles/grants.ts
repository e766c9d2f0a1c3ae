import { getTableConfig, type PgPolicy } from 'drizzle-orm/pg-core';
import type { DatabaseObject } from '../../db/object.ts';
import { identifier, literal } from '../../db/quoting.ts';
import type { TableShape } from '../table/shape.ts';
import { rolesOfPolicy } from './roles.ts';

const WRITES = ['INSERT', 'UPDATE', 'DELETE'] as const;
const ALL = ['SELECT', ...WRITES] as const;

type Privilege = (typeof ALL)[number];

/**
 * Grants that follow from policies: a policy says which rows a role may read or write, so the role gets that privilege on
 * the table, and nothing else. `service_role` gets all of every table that has row security. Tables without row security get
 * no grants here.
 */
export function grantObjects(tables: readonly TableShape[]): readonly DatabaseObject[] {
  return tables.flatMap((table) => {
    const grants = grantsOf(table);
    return grants.size === 0 ? [] : [grantObject(table, grants)];
  });
}

function grantsOf(table: TableShape): ReadonlyMap<string, ReadonlySet<Privilege>> {
  const { policies, enableRLS } = getTableConfig(table.table);
  const grants = new Map<string, Set<Privilege>>();
  if (enableRLS || policies.length > 0) grants.set('service_role', new Set(ALL));
  for (const policy of policies.filter((it) => it.as !== 'restrictive')) {
    for (const role of rolesOfPolicy(policy)) {
      grants.set(role, new Set([...(grants.get(role) ?? []), ...privilegesOf(policy)]));
    }
  }
  return grants;
}

function privilegesOf(policy: PgPolicy): readonly Privilege[] {
  switch (policy.for ?? 'all') {
    case 'select':
      return ['SELECT'];
    case 'insert':
      return ['INSERT'];
    case 'update':
      return ['UPDATE'];
    case 'delete':
      return ['DELETE'];
    default:
      return ALL;
  }
}

function grantObject(table: TableShape, grants: ReadonlyMap<string, ReadonlySet<Privilege>>): DatabaseObject {
  const roles = [...grants.keys()].map(roleText).join(', ');
  const lines = [...grants].map(([role, set]) => `GRANT ${[...set].join(', ')} ON ${table.sql} TO ${roleText(role)}`);
  return {
    name: `${table.label}.grants`,
    up: [
      `GRANT USAGE ON SCHEMA ${identifier(table.schema)} TO ${roles}`,
      `REVOKE ALL ON ${table.sql} FROM ${roles}`,
      ...lines,
      ...sequenceGrants(table, grants),
    ].join(';\n'),
    down: whereTableExists(table, `REVOKE ALL ON ${table.sql} FROM ${roles}`),
  };
}

/** A `serial` column takes its numbers from a sequence that whoever inserts has to be allowed to use; identity columns don't need it. */
function sequenceGrants(table: TableShape, grants: ReadonlyMap<string, ReadonlySet<Privilege>>): readonly string[] {
  const inserters = [...grants].filter(([, set]) => set.has('INSERT')).map(([role]) => roleText(role));
  const serials = table.columns.filter((it) => /serial$/.test(it.getSQLType()));
  if (inserters.length === 0 || serials.length === 0) return [];
  const names = serials.map((it) => literal(it.name)).join(', ');
  return [
    `DO $$ DECLARE number regclass; BEGIN
  FOR number IN SELECT pg_get_serial_sequence(${literal(table.sql)}, it) FROM unnest(ARRAY[${names}]) it LOOP
    EXECUTE format('GRANT USAGE ON SEQUENCE %s TO ${inserters.join(', ').replaceAll("'", "''")}', number);
  END LOOP;
END $$`,
  ];
}

/** `public` is a keyword here; quoted it would be a role of that name. */
const roleText = (role: string): string => (role === 'public' ? 'PUBLIC' : identifier(role));

function whereTableExists(table: TableShape, statement: string): string {
  return `DO $$ BEGIN
  IF to_regclass(${literal(table.sql)}) IS NOT NULL THEN ${statement}; END IF;
END $$`;
}
