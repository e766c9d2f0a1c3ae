import { Failure } from '../api/failure.ts';
import { rest } from '../api/rest.ts';
import { grouped, type Operation, operationsOf } from './operations.ts';
import type { Change } from './staged.ts';

/** Operations that the server takes at once. */
const MOST = 10_000;
/** So many go one by one, and the one at fault is known; more go together where they can. */
const SINGLE = 1_000;

/** A save that the server refused, with the change at fault where it is known. */
export class SaveFailure extends Error {
  constructor(
    override readonly cause: unknown,
    readonly change: Change | undefined,
  ) {
    super('Nothing was saved');
  }
}

/** Saves everything in one request and one transaction: all of it, or nothing. @throws SaveFailure */
export async function saveChanges(changes: readonly Change[]): Promise<void> {
  const single = changes.flatMap(operationsOf);
  const operations = single.length > SINGLE ? grouped(changes) : single;
  try {
    if (operations.length > MOST) throw new Error(tooMany(operations.length));
    await send(operations);
  } catch (error) {
    const at = error instanceof Failure ? operations[(error.operation ?? 0) - 1]?.changes : undefined;
    throw new SaveFailure(error, at?.length === 1 ? at[0] : undefined);
  }
}

const tooMany = (operations: number): string =>
  `One transaction takes ${MOST.toLocaleString('en')} changed rows, and these are ${operations.toLocaleString('en')}. Take some back, or import them as a file.`;

/** Bodies go as text: so the numbers and the `$ref` of a document are its own, and no matter of the batch. */
async function send(operations: readonly Operation[]): Promise<void> {
  const sent = operations.map(({ method, path, headers, body }) => ({
    method,
    path,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  }));
  await rest('/', {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.hutch.batch+json' },
    body: JSON.stringify({ operations: sent }),
  });
}
