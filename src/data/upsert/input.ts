/** One row, rows, or a stream of them. */
export type Input<R> = R | Iterable<R> | AsyncIterable<R>;

/** Rows taken from a stream before anything is done with them. */
const BATCH = 1_000;

/** The rows in batches, so that a hundred thousand rows are not as many promises. */
export async function* batchesOf<R extends object>(input: Input<R>): AsyncGenerator<readonly R[]> {
  if (Symbol.asyncIterator in input) yield* gathered(input);
  else yield* slices(Symbol.iterator in input ? input : [input]);
}

async function* gathered<R>(rows: AsyncIterable<R>): AsyncGenerator<readonly R[]> {
  let batch: R[] = [];
  for await (const row of rows) {
    if (batch.push(row) < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function* slices<R>(rows: Iterable<R>): Generator<readonly R[]> {
  let batch: R[] = [];
  for (const row of rows) {
    if (batch.push(row) < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
