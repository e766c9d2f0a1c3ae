/** What may follow a path that has come to a value of type T: a key of an object, a place of an array. */
export type Key<T> = unknown extends T
  ? string | number
  : NonNullable<T> extends readonly unknown[]
    ? number
    : NonNullable<T> extends object
      ? keyof NonNullable<T> & (string | number)
      : never;

/** The type at a key. A place of an array may be past its end. */
export type At<T, K> = unknown extends T
  ? unknown
  : NonNullable<T> extends readonly (infer Element)[]
    ? Element | undefined
    : K extends keyof NonNullable<T>
      ? NonNullable<T>[K]
      : never;

/** The items of an array type. */
export type Item<T> = unknown extends T ? unknown : NonNullable<T> extends readonly (infer Element)[] ? Element : never;

/** A merge patch for T (RFC 7396): any part of an object, with null for what shall go. */
export type MergePatch<T> = unknown extends T
  ? unknown
  : T extends readonly unknown[]
    ? T
    : T extends object
      ? { readonly [K in keyof T]?: MergePatch<NonNullable<T[K]>> | null }
      : T;

/** A part of a document which it may contain. */
export type Part<T> = unknown extends T
  ? unknown
  : T extends readonly (infer Element)[]
    ? readonly Part<Element>[]
    : T extends object
      ? { readonly [K in keyof T]?: Part<T[K]> }
      : T;
