import type { Driver, Transaction } from '../../db/driver.ts';

const ROLL_BACK = new Error('The transaction was only a trial');

/** What work comes to in a transaction that is rolled back after it. Rejects with what the work throws. */
export async function rolledBack<T>(driver: Driver, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const outcome = Promise.withResolvers<T>();
  const trial = async (tx: Transaction) => {
    outcome.resolve(await work(tx));
    throw ROLL_BACK;
  };
  await driver.transaction(trial).catch((error: unknown) => {
    if (error !== ROLL_BACK) throw error;
  });
  return outcome.promise;
}
