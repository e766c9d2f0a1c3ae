import { tooSlow } from '../errors/extension-errors.ts';
import type { BodyRow } from '../parse/body-row.ts';
import { CHUNK_TIME } from './pace.ts';
import type { RowSource } from './row.ts';

/** Rows, and characters, of one INSERT; what is held in memory at a time. */
const CHUNK_ROWS = 10_000;
const CHUNK_LENGTH = 1_048_576;

/** Rows in lists that are worth a statement. None is empty. */
export async function* chunksOf(source: RowSource): AsyncGenerator<readonly BodyRow[]> {
  let chunk: BodyRow[] = [];
  let length = 0;
  let since = performance.now();
  for await (const rows of source.read()) {
    if (performance.now() - since > CHUNK_TIME) throw tooSlow('A part of the body', CHUNK_TIME);
    for (const row of rows) {
      chunk.push(row);
      length += row.text.length;
      if (chunk.length < CHUNK_ROWS && length < CHUNK_LENGTH) continue;
      yield chunk;
      [chunk, length, since] = [[], 0, performance.now()];
    }
  }
  if (chunk.length > 0) yield chunk;
}
