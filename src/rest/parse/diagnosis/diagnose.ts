import type { DialectError } from '../../errors/dialect-error.ts';
import { queryParameter } from '../../errors/request-errors.ts';
import { limits } from '../limits.ts';
import { describe, type Parser, position } from './combinators.ts';
import * as grammar from './grammar.ts';

/** What a parameter was read as, and how the dialect's message calls it. */
const rules = {
  select: { parser: grammar.select, name: 'select parameter' },
  columns: { parser: grammar.names, name: 'columns parameter' },
  onConflict: { parser: grammar.names, name: 'on_conflict parameter' },
  filter: { parser: grammar.filter, name: 'filter' },
  filterOrArgument: { parser: grammar.filterOrArgument, name: 'filter' },
  order: { parser: grammar.order, name: 'order' },
  place: { parser: grammar.place, name: 'tree path' },
  logicPlace: { parser: grammar.logicPlace, name: 'logic path' },
  logicTree: { parser: grammar.logicTree, name: 'logic tree' },
} as const satisfies Record<string, { readonly parser: Parser; readonly name: string }>;

/**
 * Why a parameter was refused, in the dialect's words: PGRST100 with the place in `message` and what was expected in `details`.
 * `named` is the text that the message shows, where that is not all that was read.
 */
export function diagnose(rule: keyof typeof rules, text: string, named = text): DialectError {
  const { parser, name } = rules[rule];
  const what = `"failed to parse ${name} (${named})"`;
  if (text.length > limits.diagnosed) {
    return queryParameter(what, `Where it goes wrong is looked for in texts of up to ${limits.diagnosed} characters`);
  }
  const { fault } = parser(text, 0);
  return queryParameter(`${what} (${position(text, fault.at)})`, describe(fault));
}
