export { type Activity, activity, retainAudit, type TableActivity } from './activity.ts';
export { type AuditOptions, audited } from './audited.ts';
export { type Change, type HistoryOptions, history } from './history.ts';
export { rowAt } from './time-travel.ts';
