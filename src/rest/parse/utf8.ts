import { isUtf8 } from 'node:buffer';

/** The text of some bytes; of broken ones that before the first which is none. */
export interface Utf8Text {
  readonly text: string;
  readonly broken: boolean;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 piece by piece: characters may be cut by the pieces, and a byte order mark before all of them is passed over. */
export class Utf8Reader {
  #begun = false;
  /** The bytes of a character that has not ended. */
  #cut = new Uint8Array();

  read(piece: Uint8Array, last = false): Utf8Text {
    const bytes = this.#cut.length === 0 ? piece : Buffer.concat([this.#cut, piece]);
    const end = bytes.length - (last ? 0 : cutOff(bytes));
    this.#cut = bytes.slice(end);
    const found = decoded(bytes.subarray(0, end));
    if (this.#begun || found.text === '') return found;
    this.#begun = true;
    return { ...found, text: found.text.replace(/^\uFEFF/, '') };
  }
}

function decoded(bytes: Uint8Array): Utf8Text {
  try {
    return { text: decoder.decode(bytes), broken: false };
  } catch {
    return { text: decoder.decode(beforeFault(bytes)), broken: true };
  }
}

function beforeFault(bytes: Uint8Array): Uint8Array {
  let [good, bad] = [0, bytes.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUtf8(wholeOf(bytes.subarray(0, middle)))) good = middle;
    else bad = middle;
  }
  return wholeOf(bytes.subarray(0, good));
}

const wholeOf = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length - cutOff(bytes));

/** Bytes of a character are one that tells how many they are, and up to three that are `10xxxxxx`. */
const MOST_FOLLOWING = 3;

/** How many bytes at the end begin a character, and do not end it. */
function cutOff(bytes: Uint8Array): number {
  for (let back = 1; back <= MOST_FOLLOWING && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < lengthFrom(byte) ? back : 0;
  }
  return 0;
}

function lengthFrom(first: number): number {
  if (first >= 0xf0) return 4;
  return first >= 0xe0 ? 3 : 2;
}
