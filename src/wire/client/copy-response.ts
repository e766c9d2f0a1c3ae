import type { Lease } from '../../db/index.ts';
import { COPY_IN } from '../../db/protocol/backend.ts';
import { HEADER_BYTES } from '../../db/protocol/frames.ts';
import { copyFail, query } from '../../db/protocol/frontend.ts';
import { Writer } from '../../db/protocol/writer.ts';

const SAVEPOINT = 'SAVEPOINT hutch_wire_copy';
const BACK = 'ROLLBACK TO SAVEPOINT hutch_wire_copy; RELEASE SAVEPOINT hutch_wire_copy';

/**
 * The CopyInResponse that Postgres gives to a `COPY … FROM STDIN`, with its format and columns, or undefined where it refuses. To
 * learn it the COPY is begun and failed before it has read anything.
 */
export async function copyResponse(lease: Lease, sql: string): Promise<Uint8Array | undefined> {
  const inside = lease.state !== 'idle';
  const writer = new Writer();
  if (inside) query(writer, SAVEPOINT);
  query(writer, sql);
  copyFail(writer, 'asked for its response only');
  if (inside) query(writer, BACK);
  const found: Uint8Array[] = [];
  await lease.exchange(writer.take(), (type, buffer, start, end) => {
    if (type === COPY_IN) found.push(new Uint8Array(buffer.subarray(start - HEADER_BYTES, end)));
  });
  return found[0];
}

/** Text format, its columns untold: for a COPY that can't be asked by itself. */
export const plainCopyResponse = (): Uint8Array => new Writer().begin(COPY_IN).byte(0).int16(0).end().take();
