import { noPreferences, preferenceApplied } from '../parse/preferences.ts';
import type { Preferences } from '../parse/types.ts';
import type { StatementPlan } from '../plan/types.ts';

/** `Preference-Applied`: those preferences that mean something for this plan; undefined where none does. */
export function appliedPreferences(plan: StatementPlan, preferences: Preferences): string | undefined {
  if (preferences === noPreferences) return undefined;
  const { count, tx, handling, timezone } = preferences;
  return preferenceApplied({
    count,
    tx,
    handling,
    timezone,
    ...byKind(plan, preferences),
    ...softDelete(plan, preferences),
  });
}

function softDelete(plan: StatementPlan, preferences: Preferences): Partial<Preferences> {
  if (!plan.softDelete) return {};
  const deletes = plan.kind === 'mutation' && plan.method === 'delete';
  return { deleted: preferences.deleted, ...(deletes ? { delete: preferences.delete } : {}) };
}

function byKind(plan: StatementPlan, preferences: Preferences): Partial<Preferences> {
  const { resolution, missing, maxAffected } = preferences;
  if (plan.kind === 'call') return { maxAffected };
  if (plan.kind === 'read') return plan.cursor === null ? {} : { cursor: true };
  const own = { return: preferences.return };
  switch (plan.method) {
    case 'insert':
      return { ...own, missing, ...(plan.resolvable ? { resolution } : {}) };
    case 'update':
      return { ...own, missing, maxAffected };
    case 'delete':
      return { ...own, maxAffected };
    case 'upsert':
      return own;
  }
}
