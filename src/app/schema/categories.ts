import { sql } from 'drizzle-orm';
import { boolean, check, index, integer, snakeCase, text, unique, uniqueIndex, varchar } from 'drizzle-orm/pg-core';
import { timestamps } from '../../data/columns/timestamps.ts';
import { softDelete } from '../../data/soft-delete/soft-delete.ts';
import { uniqueActive } from '../../data/soft-delete/unique-active.ts';
import { memberReads, publicReads, serviceDoesAll } from './policies.ts';
import { users } from './users.ts';

export const categories = snakeCase.table(
  'categories',
  {
    id: integer().primaryKey().generatedByDefaultAsIdentity(),
    name: varchar({ length: 80 }).notNull(),
    slug: varchar({ length: 80 }).notNull(),
    description: text(),
    /** Hours until a ticket of this category is overdue. */
    turnaroundHours: integer().notNull().default(48),
    ...softDelete(),
    ...timestamps(),
  },
  (t) => [
    uniqueActive('categories_slug_active').on(t.slug),
    check('categories_turnaround_positive', sql`turnaround_hours > 0`),
    publicReads(sql`deleted_at is null`),
    memberReads(sql`true`),
    serviceDoesAll(),
  ],
);

export const subcategories = snakeCase.table(
  'subcategories',
  {
    id: integer().primaryKey().generatedByDefaultAsIdentity(),
    categoryId: integer()
      .notNull()
      .references(() => categories.id, { onDelete: 'cascade' }),
    name: varchar({ length: 80 }).notNull(),
    slug: varchar({ length: 80 }).notNull(),
    ...softDelete(),
    ...timestamps(),
  },
  (t) => [
    uniqueActive('subcategories_slug_active').on(t.categoryId, t.slug),
    publicReads(sql`deleted_at is null`),
    memberReads(sql`true`),
    serviceDoesAll(),
  ],
);

/** Several people may look after a category; one of them first. */
export const categoryAssignments = snakeCase.table(
  'category_assignments',
  {
    id: integer().primaryKey().generatedByDefaultAsIdentity(),
    categoryId: integer()
      .notNull()
      .references(() => categories.id, { onDelete: 'cascade' }),
    userId: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    isPrimary: boolean().notNull().default(false),
    priority: integer().notNull().default(0),
    ...timestamps(),
  },
  (t) => [
    unique('category_assignments_once').on(t.categoryId, t.userId),
    uniqueIndex('category_assignments_one_primary').on(t.categoryId).where(sql`is_primary`),
    index('category_assignments_user_id').on(t.userId),
    memberReads(sql`true`),
    serviceDoesAll(),
  ],
);
