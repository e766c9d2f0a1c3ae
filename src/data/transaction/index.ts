export { actAs } from './actor.ts';
export { type Begin, deferredDatabase } from './deferred.ts';
export { afterCommit, type CommitHook } from './hooks.ts';
export { type LockKey, type LockSettings, withAdvisoryLock, withSessionLock } from './lock.ts';
export { type RequestTransactionSettings, type RequestVariables, requestTransaction } from './request.ts';
export { type IsolationLevel, type TransactionSettings, transaction } from './transaction.ts';
