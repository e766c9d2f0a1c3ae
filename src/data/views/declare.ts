import { is } from 'drizzle-orm';
import { getMaterializedViewConfig, type PgColumn, PgMaterializedView } from 'drizzle-orm/pg-core';
import type { DatabaseObject } from '../../db/object.ts';
import { identifier, literal, qualified } from '../../db/quoting.ts';

const KEY = Symbol.for('hutch.viewKey');

/**
 * Declares which columns tell the rows of a materialised view apart. They get a unique index, which drizzle-kit can't give a
 * view, and with it the view is refreshed while others read it.
 *
 * @example
 * const view = snakeCase.materializedView('open_tickets').as((qb) =>
 *   qb.select({ id: tickets.id }).from(tickets).where(eq(tickets.status, 'OPEN')),
 * );
 * export const openTickets = keyed(view, ({ id }) => [id]);
 */
export function keyed<V extends PgMaterializedView>(view: V, columns: (view: V) => readonly PgColumn[]): V {
  const names = columns(view).map((it) => it.name);
  Object.defineProperty(view, KEY, { value: names });
  return view;
}

/** The view's name in SQL, quoted. */
export function viewName(view: PgMaterializedView): string {
  const { schema, name } = getMaterializedViewConfig(view);
  return qualified(schema ?? 'public', name);
}

/** The unique indexes of the keyed views among a schema's exports. */
export function viewObjects(schema: object): readonly DatabaseObject[] {
  const views = Object.values(schema).filter((it): it is PgMaterializedView => is(it, PgMaterializedView));
  return [...new Set(views)].flatMap((view) => {
    const columns: unknown = Reflect.get(view, KEY);
    return Array.isArray(columns) && columns.length > 0 ? [indexObject(view, columns.map(String))] : [];
  });
}

function indexObject(view: PgMaterializedView, columns: readonly string[]): DatabaseObject {
  const { schema = 'public', name } = getMaterializedViewConfig(view);
  const index = `${name}_key`;
  const drop = `DROP INDEX IF EXISTS ${qualified(schema, index)}`;
  return {
    name: `${schema === 'public' ? name : `${schema}.${name}`}.key`,
    up: `${drop};
CREATE UNIQUE INDEX ${identifier(index)} ON ${viewName(view)} (${columns.map(identifier).join(', ')});
COMMENT ON INDEX ${qualified(schema, index)} IS ${literal('Lets the view be refreshed while it is read')}`,
    down: drop,
  };
}
