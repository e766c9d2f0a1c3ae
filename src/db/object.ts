/**
 * A database object that Drizzle's diff does not know: a function, trigger, grant, view, policy helper. Those that Hutch
 * derives from a schema (updated_at triggers, soft delete, audit) and those in `drizzle/objects/*.sql` take the same road:
 * `src/migrate/` applies them after the tables, again whenever their text changes, in dependency order.
 */
export interface DatabaseObject {
  /** Unique and stable: `hutch.touch_updated_at`, `tickets.soft_delete`. */
  readonly name: string;
  /** Idempotent SQL that creates or replaces it. */
  readonly up: string;
  /** SQL that removes it without trace. */
  readonly down: string;
  /** Names of objects that must exist before. */
  readonly dependsOn?: readonly string[];
}
