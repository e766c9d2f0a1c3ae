import { tooComplex } from '../errors/extension-errors.ts';
import { limits } from './limits.ts';
import { type Refused, refused, Scanner } from './scanner.ts';
import type { Field } from './types.ts';

const comma = 44;

/** `columns=` and `on_conflict=`: names between commas; what follows the last one is not looked at, as in the dialect. */
export function scanNames(text: string): readonly string[] | Refused {
  const scanner = new Scanner(text);
  const names: string[] = [];
  for (;;) {
    const name = scanner.name();
    if (name === refused) return refused;
    names.push(name);
    if (names.length > limits.selectItems) throw tooComplex('names in a list', limits.selectItems);
    const before = scanner.at;
    scanner.skipBlanks();
    if (scanner.peek() !== comma) return scanner.at === before ? names : refused;
    scanner.at++;
    scanner.skipBlanks();
  }
}

export interface Place {
  /** Embed levels, outermost first. */
  readonly path: readonly string[];
  readonly field: Field;
}

/** The name of a filter's, order's or range's parameter: `embed.embed.column->path`. */
export function scanPlace(text: string): Place | Refused {
  const scanner = new Scanner(text);
  const names = dotted(scanner);
  if (names === refused) return refused;
  const steps = scanner.jsonPath();
  if (steps === refused) return refused;
  return { path: names.slice(0, -1), field: { name: names.at(-1) ?? '', path: steps } };
}

export interface LogicPlace {
  readonly path: readonly string[];
  /** `and`, `or`, `not.and` or `not.or`, to go before the parameter's value. */
  readonly operator: string;
}

/** The name of a logic parameter: `embed.not.or`. A `not` anywhere negates. */
export function scanLogicPlace(text: string): LogicPlace | Refused {
  const names = dotted(new Scanner(text));
  if (names === refused) return refused;
  const operator = names.at(-1) ?? '';
  return {
    path: names.slice(0, -1).filter((name) => name !== 'not'),
    operator: names.includes('not') ? `not.${operator}` : operator,
  };
}

function dotted(scanner: Scanner): readonly string[] | Refused {
  const names: string[] = [];
  do {
    const name = scanner.name();
    if (name === refused) return refused;
    names.push(name);
    if (names.length > limits.pathSteps) throw tooComplex('names in a path', limits.pathSteps);
  } while (scanner.take('.'));
  return names;
}
