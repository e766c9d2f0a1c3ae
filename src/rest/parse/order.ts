import { tooComplex } from '../errors/extension-errors.ts';
import { limits } from './limits.ts';
import { type Refused, refused, Scanner } from './scanner.ts';
import type { OrderTerm } from './types.ts';

const openParenthesis = 40;
const comma = 44;

/** `order=`: `name.desc.nullslast,relation(column->path).asc` */
export function scanOrder(text: string): readonly OrderTerm[] | Refused {
  const scanner = new OrderScanner(text);
  const terms: OrderTerm[] = [];
  do {
    const term = scanner.term();
    if (term === refused) return refused;
    terms.push(term);
    if (terms.length > limits.orderTerms) throw tooComplex('order terms', limits.orderTerms);
  } while (scanner.take(','));
  return terms;
}

class OrderScanner extends Scanner {
  term(): OrderTerm | Refused {
    this.skipBlanks();
    const start = this.at;
    const related = this.#related();
    if (related !== undefined) return related;
    this.at = start;
    const field = this.field();
    return field === refused ? refused : (this.#modified(null, field) ?? refused);
  }

  #related(): OrderTerm | undefined {
    const relation = this.name();
    if (relation === refused || this.peek() !== openParenthesis) return undefined;
    this.at++;
    const field = this.field();
    if (field === refused || !this.take(')')) return undefined;
    return this.#modified(relation, field);
  }

  #modified(relation: string | null, field: OrderTerm['field']): OrderTerm | undefined {
    const direction = this.take('.asc') ? 'asc' : this.take('.desc') ? 'desc' : null;
    const nulls = this.take('.nullsfirst') ? 'first' : this.take('.nullslast') ? 'last' : null;
    return this.ended || this.peek() === comma ? { relation, field, direction, nulls } : undefined;
  }
}
