import { copyData, copyDone, copyFail } from '../protocol/frontend.ts';
import { Writer } from '../protocol/writer.ts';

/** CopyData messages are put together up to this size. */
const PART_BYTES = 64 * 1024;

/** What went wrong with reading the data that a COPY was to take; undefined while nothing has. */
export interface CopySource {
  failure?: { readonly error: unknown };
}

/** The messages that follow a `COPY … FROM STDIN`: its data and its end, or CopyFail where reading the data fails. */
export async function* copyMessages(
  chunks: AsyncIterable<Uint8Array>,
  source: CopySource,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const writer = new Writer();
  try {
    for await (const chunk of chunks) {
      copyData(writer, chunk);
      if (writer.size >= PART_BYTES) yield writer.take();
    }
    copyDone(writer);
  } catch (error) {
    source.failure = { error };
    copyFail(writer, 'the client could not read what it wanted to copy');
  }
  yield writer.take();
}
