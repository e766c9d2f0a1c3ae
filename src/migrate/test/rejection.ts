/**
 * What a promise was rejected with. `expect(…).rejects` waits by spinning, in which an engine's Worker is answered seconds late.
 */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const missed = new Error('it was not rejected');
  return promise.then(
    () => missed,
    (error: unknown) => error,
  );
}
