import { tooComplex } from '../errors/extension-errors.ts';
import { limits } from './limits.ts';
import { type Literals, type Refused, refused, Scanner } from './scanner.ts';
import type {
  Filter,
  IsValue,
  LogicTree,
  Operation,
  QuantifiableOperator,
  SearchOperator,
  SimpleOperator,
} from './types.ts';

const openParenthesis = 40;
const closeParenthesis = 41;
const comma = 44;
const dot = 46;
const quote = 34;
const openBrace = 123;
const closeBrace = 125;

const simpleOperators: ReadonlySet<string> = new Set<SimpleOperator>([
  'neq',
  'cs',
  'cd',
  'ov',
  'sl',
  'sr',
  'nxr',
  'nxl',
  'adj',
]);
const quantifiableOperators: ReadonlySet<string> = new Set<QuantifiableOperator>([
  'eq',
  'gte',
  'gt',
  'lte',
  'lt',
  'like',
  'ilike',
  'match',
  'imatch',
]);
const searchOperators: ReadonlySet<string> = new Set<SearchOperator>(['fts', 'plfts', 'phfts', 'wfts']);

const isSimple = (name: string): name is SimpleOperator => simpleOperators.has(name);
const isQuantifiable = (name: string): name is QuantifiableOperator => quantifiableOperators.has(name);
const isSearch = (name: string): name is SearchOperator => searchOperators.has(name);

/** Longer spellings first: the dialect takes the first that fits and ignores what follows. */
const isValues: readonly IsValue[] = ['null', 'not_null', 'true', 'false', 'unknown'];

/** Counts conditions and list elements of a whole request. */
export class ConditionBudget {
  #conditions = 0;
  #elements = 0;

  condition(): void {
    if (++this.#conditions > limits.conditions) throw tooComplex('conditions', limits.conditions);
  }

  elements(count: number): void {
    this.#elements += count;
    if (this.#elements > limits.listElements) throw tooComplex('list elements', limits.listElements);
  }
}

export type Expression = Pick<Filter, 'negated' | 'operation'>;

/**
 * Reads `not.eq(any).value`. At the top level a value is the rest of the text; inside a logic tree it ends before `,` or `)`.
 * `structure` collects the text that is not literal, for the request's shape.
 */
export class ConditionScanner extends Scanner {
  structure = '';
  #copied = 0;

  constructor(
    text: string,
    readonly literals: Literals,
    readonly budget: ConditionBudget,
    readonly nested: boolean,
  ) {
    super(text);
  }

  /** Whether a refusal came after something was read: then the text cannot be a plain argument either. */
  get consumed(): boolean {
    return this.at > 0;
  }

  expression(): Expression | Refused {
    this.budget.condition();
    const negated = this.take('not.');
    const operation = this.#operation();
    return operation === refused ? refused : { negated, operation };
  }

  /** `and(…)`, `or(…)`, `not.and(…)` or a condition. */
  tree(depth: number): LogicTree | Refused {
    const start = this.at;
    const before = this.literals.values.length;
    const filter = this.#condition();
    if (filter !== refused) return { kind: 'filter', filter };
    this.at = start;
    this.literals.values.length = before;
    return this.#junction(depth);
  }

  /** The rest of the structure, once all is read. */
  finish(): string {
    return this.structure + this.text.slice(this.#copied, this.at);
  }

  #junction(depth: number): LogicTree | Refused {
    if (depth >= limits.conditionDepth) throw tooComplex('levels of conditions', limits.conditionDepth);
    const negated = this.take('not.');
    const operator = this.take('and') ? 'and' : this.take('or') ? 'or' : undefined;
    if (operator === undefined || !this.#symbol(openParenthesis)) return refused;
    const children = this.#children(depth);
    return children === refused ? refused : { kind: 'logic', operator, negated, children };
  }

  /** Up to and with the closing parenthesis. Blanks may stand before a comma, but, as in the dialect, not before that. */
  #children(depth: number): readonly LogicTree[] | Refused {
    const children: LogicTree[] = [];
    let last: number;
    do {
      const child = this.tree(depth + 1);
      if (child === refused) return refused;
      children.push(child);
      last = this.at;
    } while (this.#symbol(comma));
    return this.text.charCodeAt(last) === closeParenthesis && this.#symbol(closeParenthesis) ? children : refused;
  }

  #condition(): Filter | Refused {
    const field = this.field();
    if (field === refused || !this.take('.')) return refused;
    const expression = this.expression();
    return expression === refused ? refused : { field, ...expression };
  }

  /** A sign with blanks around it. */
  #symbol(code: number): boolean {
    const start = this.at;
    this.skipBlanks();
    if (this.peek() !== code) {
      this.at = start;
      return false;
    }
    this.at++;
    this.skipBlanks();
    return true;
  }

  #operation(): Operation | Refused {
    const start = this.at;
    const end = this.#wordEnd();
    const name = this.text.slice(start, end);
    this.at = end;
    const operation = this.#known(name);
    if (operation === undefined) {
      this.at = start;
      return refused;
    }
    return operation;
  }

  /** Operators are lower-case words. */
  #wordEnd(): number {
    let end = this.at;
    for (let code = this.peek(); code >= 97 && code <= 122; code = this.text.charCodeAt(end)) end++;
    return end;
  }

  /** Undefined where no operator was recognized, so that nothing counts as read. */
  #known(name: string): Operation | Refused | undefined {
    if (this.peek() === dot) {
      if (name === 'in') return this.#in();
      if (name === 'is') return this.#is();
      if (name === 'isdistinct') return { kind: 'isdistinct', slot: this.#value() };
      if (isSimple(name)) return { kind: 'simple', operator: name, slot: this.#value() };
    }
    if (isQuantifiable(name)) return this.#quantified(name);
    return isSearch(name) ? this.#search(name) : undefined;
  }

  #quantified(operator: QuantifiableOperator): Operation | undefined {
    const quantifier = this.take('(any)') ? 'any' : this.take('(all)') ? 'all' : null;
    return this.peek() === dot ? { kind: 'quantifiable', operator, quantifier, slot: this.#value() } : undefined;
  }

  #search(operator: SearchOperator): Operation | undefined {
    const language = this.#language();
    return this.peek() === dot ? { kind: 'search', operator, language, slot: this.#value() } : undefined;
  }

  #language(): string | null {
    const start = this.at;
    if (this.take('(')) {
      const language = this.identifier();
      if (language !== refused && this.take(')')) return language;
    }
    this.at = start;
    return null;
  }

  #is(): Operation | Refused {
    this.at++;
    const value = isValues.find((word) => this.text.slice(this.at, this.at + word.length).toLowerCase() === word);
    if (value === undefined) return refused;
    this.at += value.length;
    return { kind: 'is', value };
  }

  #in(): Operation | Refused {
    this.at++;
    if (!this.#symbol(openParenthesis)) return refused;
    this.#copyStructure();
    const elements: string[] = [];
    do elements.push(this.#element());
    while (this.take(','));
    this.budget.elements(elements.length);
    this.#copied = this.at;
    if (this.peek() !== closeParenthesis) return refused;
    this.#symbol(closeParenthesis);
    return { kind: 'in', slot: this.literals.add(elements) };
  }

  #value(): number {
    this.at++;
    this.#copyStructure();
    const value = this.nested ? this.#nestedValue() : this.#rest();
    this.#copied = this.at;
    return this.literals.add(value);
  }

  /** NUL marks the place of a literal: no text of a request has one. */
  #copyStructure(): void {
    this.structure += `${this.text.slice(this.#copied, this.at)}\0`;
  }

  #rest(): string {
    const start = this.at;
    this.at = this.text.length;
    return start === 0 ? this.text : this.text.slice(start);
  }

  #nestedValue(): string {
    if (this.peek() === openBrace) {
      const array = this.#array();
      if (array !== undefined) return array;
    }
    return this.#element();
  }

  /** `{…}` with anything but braces inside: commas and parentheses are then part of the value. */
  #array(): string | undefined {
    for (let at = this.at + 1; at < this.text.length; at++) {
      const code = this.text.charCodeAt(at);
      if (code === openBrace) return undefined;
      if (code !== closeBrace) continue;
      const array = this.text.slice(this.at, at + 1);
      this.at = at + 1;
      return array;
    }
    return undefined;
  }

  /** Quoted, where only `,` or `)` follows; else everything up to those. */
  #element(): string {
    const start = this.at;
    if (this.peek() === quote) {
      const value = this.quoted();
      if (value !== refused && this.#atElementEnd()) return value;
      this.at = start;
    }
    while (!this.#atElementEnd()) this.at++;
    return this.text.slice(start, this.at);
  }

  #atElementEnd(): boolean {
    const code = this.peek();
    return code === comma || code === closeParenthesis || this.ended;
  }
}
