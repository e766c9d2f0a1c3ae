/** The tables that docstrings speak of. */
import { integer, jsonb, snakeCase, text, unique } from 'drizzle-orm/pg-core';
import { audited, keyed, type OutboxEvent, outbox, softDelete, timestamps } from 'hutch';

export { outbox };

export interface Profile {
  theme?: 'dark' | 'light';
  preferences?: { theme?: 'dark' | 'light' };
  logins?: number;
}

const id = () => integer().primaryKey().generatedByDefaultAsIdentity();

export const users = snakeCase.table('users', {
  id: id(),
  email: text().notNull().unique(),
  name: text(),
  profile: jsonb().$type<Profile>().notNull().default({}),
});
export const posts = snakeCase.table('posts', { id: id(), authorId: integer(), title: text(), ...timestamps() });
export const products = snakeCase.table('products', { id: id(), price: integer() });
export const accounts = snakeCase.table('accounts', { id: id(), balance: integer().notNull().default(0) });
export const orders = snakeCase.table('orders', { id: id(), total: integer().notNull() });
export const reports = snakeCase.table('reports', { id: id(), day: text() });
export const imports = snakeCase.table('imports', { id: id() });
export const notes = snakeCase.table('notes', { id: id(), ownerId: text() });
export const tickets = audited(
  snakeCase.table(
    'tickets',
    { id: id(), organizationId: text(), status: text(), ...softDelete(), ...timestamps() },
    (t) => [unique().on(t.organizationId, t.status)],
  ),
);
export const load = keyed(
  snakeCase.materializedView('load').as((qb) => qb.select({ id: tickets.id, status: tickets.status }).from(tickets)),
  (view) => [view.id],
);

export const today = '2026-01-01';
export const urls: readonly string[] = [];
export const log = { warn: (..._: unknown[]): void => undefined };
export const mailer = {
  send: async (..._: unknown[]): Promise<void> => undefined,
  welcome: async (_: unknown): Promise<void> => undefined,
};
export type { OutboxEvent };
