export { keyed } from './declare.ts';
export { type Refreshed, refresh, refreshEvery, type Schedule, type ScheduleOptions } from './refresh.ts';
