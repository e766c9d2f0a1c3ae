import { deserialize, serialize } from 'node:v8';

/** What a value was read from, and how often each of these had changed by then. */
export type Generations = ReadonlyMap<string, number>;

/** A cached value as bytes: their size is known, whoever gets it may change it, and a store elsewhere can keep it. */
export interface Entry {
  readonly bytes: Uint8Array;
  readonly generations: Generations;
}

export const entryOf = (value: unknown, generations: Generations): Entry => ({ bytes: serialize(value), generations });

export const valueIn = (entry: Entry): unknown => deserialize(entry.bytes);

/** An entry with its generations, for a store that knows bytes only. */
export const pack = (entry: Entry): Uint8Array => serialize([entry.bytes, [...entry.generations]]);

/** Undefined for what is not of our making. */
export function unpack(packed: Uint8Array): Entry | undefined {
  try {
    const [bytes, generations]: [Uint8Array, [string, number][]] = deserialize(packed);
    return { bytes, generations: new Map(generations) };
  } catch {
    return undefined;
  }
}
