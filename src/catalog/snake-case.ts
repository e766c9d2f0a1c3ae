type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';

/** What kind of sign the last one was: `start` also stands for anything that separates words. */
type Kind = 'start' | 'lower' | 'upper' | 'digit';

/**
 * `createdAt` → `created_at`, as Drizzle's own casing makes names of property keys: `userID2` → `user_id_2`, `HTMLBody` →
 * `html_body`, `line2Text` → `line2_text`.
 */
export type SnakeCase<S extends string> = Words<S, '', 'start'>;

type Words<S extends string, Done extends string, Last extends Kind> = S extends `${infer C}${infer Rest}`
  ? C extends Digit
    ? Words<Rest, `${Done}${Gap<Done, Last extends 'upper' | 'start' ? true : false>}${C}`, 'digit'>
    : C extends "'" | '’'
      ? Words<Rest, Done, Last>
      : IsUpper<C> extends true
        ? Words<Rest, `${Done}${UpperGap<Done, Last, Rest>}${Lowercase<C>}`, 'upper'>
        : IsLower<C> extends true
          ? Words<Rest, `${Done}${Gap<Done, Last extends 'start' ? true : false>}${C}`, 'lower'>
          : Words<Rest, Done, 'start'>
  : Done;

type IsUpper<C extends string> = C extends Lowercase<C> ? false : true;
type IsLower<C extends string> = C extends Uppercase<C> ? false : true;

/** A capital begins a word, unless it goes on with capitals. */
type UpperGap<Done extends string, Last extends Kind, Rest extends string> = Gap<
  Done,
  Last extends 'upper' ? (Rest extends `${infer Next}${string}` ? IsLower<Next> : false) : true
>;

type Gap<Done extends string, IsNew extends boolean> = Done extends '' ? '' : IsNew extends true ? '_' : '';
