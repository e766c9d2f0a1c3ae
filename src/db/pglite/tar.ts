/** The little of the tar format (POSIX ustar) that the template archive needs: plain files and folders, short names. */

export interface TarEntry {
  readonly name: string;
  readonly folder: boolean;
  /** A view into the archive. */
  readonly bytes: Uint8Array;
}

const BLOCK = 512;
const NAME_BYTES = 100;
const FOLDER_TYPE = '5';
const FILE_MODE = '0000600\0';
const FOLDER_MODE = '0000700\0';

/** Throws a RangeError where the archive is cut short. */
export function* readTar(archive: Uint8Array): Generator<TarEntry> {
  const text = new TextDecoder('latin1');
  const field = (at: number, length: number) => text.decode(archive.subarray(at, at + length)).replace(/\0.*$/s, '');
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0; ) {
    const size = Number.parseInt(field(at + 124, 12), 8);
    const start = at + BLOCK;
    if (start + size > archive.length) throw new RangeError('the archive is cut short');
    yield {
      name: field(at, NAME_BYTES).replace(/\/$/, ''),
      folder: field(at + 156, 1) === FOLDER_TYPE,
      bytes: archive.subarray(start, start + size),
    };
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** The same entries give the same archive, byte for byte: no times, no owners. */
export function writeTar(entries: Iterable<TarEntry>): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (const entry of entries) {
    blocks.push(header(entry), entry.bytes, new Uint8Array(-entry.bytes.length & (BLOCK - 1)));
  }
  blocks.push(new Uint8Array(2 * BLOCK));
  return Buffer.concat(blocks);
}

function header(entry: TarEntry): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  if (entry.name.length >= NAME_BYTES) throw new RangeError(`the name is too long for the archive: ${entry.name}`);
  block.write(entry.name, 0, 'latin1');
  block.write(entry.folder ? FOLDER_MODE : FILE_MODE, 100, 'latin1');
  block.write('0000000\0'.repeat(2), 108, 'latin1');
  block.write(`${octal(entry.bytes.length)}\0${octal(0)}\0`, 124, 'latin1');
  block.write(entry.folder ? FOLDER_TYPE : '0', 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.write('        ', 148, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

const octal = (value: number): string => value.toString(8).padStart(11, '0');
