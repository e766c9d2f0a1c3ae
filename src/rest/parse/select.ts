import { tooComplex } from '../errors/extension-errors.ts';
import { limits } from './limits.ts';
import { type Refused, refused, Scanner } from './scanner.ts';
import type { Aggregate, JoinType, SelectItem } from './types.ts';

const openParenthesis = 40;
const closeParenthesis = 41;
const comma = 44;
const exclamation = 33;

const starItem: SelectItem = Object.freeze({ kind: 'star' });
const aggregates: readonly Aggregate[] = ['sum', 'avg', 'count', 'max', 'min'];

/**
 * `select=`: a forest of fields and embeds, to its first end. As in the dialect, what follows a complete forest is not looked at,
 * and a text that does not even begin like one selects nothing.
 */
export function scanSelect(text: string): readonly SelectItem[] | Refused {
  return new SelectScanner(text).forest(0);
}

interface EmbedHead {
  readonly relation: string;
  readonly hint: string | null;
  readonly join: JoinType | null;
}

class SelectScanner extends Scanner {
  #items = 0;
  #embeds = 0;

  forest(depth: number): readonly SelectItem[] | Refused {
    const items: SelectItem[] = [];
    const start = this.at;
    const first = this.#item(depth);
    if (first === refused) return this.at === start ? items : refused;
    items.push(first);
    while (!this.ended) {
      const before = this.at;
      this.skipBlanks();
      if (this.peek() !== comma) return this.at === before ? items : refused;
      this.at++;
      this.skipBlanks();
      const item = this.#item(depth);
      if (item === refused) return refused;
      items.push(item);
    }
    return items;
  }

  /** Moves ahead where a refusal is final, and stays where the dialect would have read nothing. */
  #item(depth: number): SelectItem | Refused {
    if (++this.#items > limits.selectItems) throw tooComplex('items in select', limits.selectItems);
    const start = this.at;
    const spread = this.#spread(depth);
    if (spread !== undefined) return spread;
    this.at = start;
    const relation = this.#relation(depth);
    if (relation !== undefined) return relation;
    this.at = start;
    return this.#field();
  }

  /** Undefined where no spread begins here. */
  #spread(depth: number): SelectItem | Refused | undefined {
    this.skipBlanks();
    if (!this.take('...')) return undefined;
    const head = this.#embedHead();
    if (head === refused) return undefined;
    const items = this.#embedded(depth);
    return items === refused ? refused : { kind: 'spread', ...head, items };
  }

  #relation(depth: number): SelectItem | Refused | undefined {
    this.skipBlanks();
    const alias = this.#alias();
    const head = this.#embedHead();
    if (head === refused || head.relation === 'count') return undefined;
    const items = this.#embedded(depth);
    return items === refused ? refused : { kind: 'relation', alias, ...head, items };
  }

  #alias(): string | null {
    const start = this.at;
    const alias = this.name();
    if (alias !== refused && this.peek() === 58 && this.text.charCodeAt(this.at + 1) !== 58) {
      this.at++;
      return alias;
    }
    this.at = start;
    return null;
  }

  /** `relation!hint!inner`, right before a parenthesis. */
  #embedHead(): EmbedHead | Refused {
    const relation = this.name();
    if (relation === refused) return refused;
    let hint: string | null = null;
    let join: JoinType | null = null;
    for (let parameter = 0; parameter < 2 && this.peek() === exclamation; parameter++) {
      this.at++;
      const joined = this.take('left') ? 'left' : this.take('inner') ? 'inner' : null;
      const named = joined === null ? this.name() : null;
      if (named === refused) return refused;
      join ??= joined;
      hint ??= named;
    }
    return this.peek() === openParenthesis ? { relation, hint, join } : refused;
  }

  #embedded(depth: number): readonly SelectItem[] | Refused {
    if (++this.#embeds > limits.embeds) throw tooComplex('embeds', limits.embeds);
    if (depth >= limits.embedDepth) throw tooComplex('levels of embeds', limits.embedDepth);
    this.at++;
    const items = this.forest(depth + 1);
    if (items === refused) return refused;
    return this.take(')') ? items : refused;
  }

  #field(): SelectItem | Refused {
    this.skipBlanks();
    const start = this.at;
    if (this.#star()) return starItem;
    this.at = start;
    const count = this.#count();
    if (count !== undefined) return count;
    this.at = start;
    return this.#column();
  }

  #star(): boolean {
    return this.take('*') && this.#atEnd();
  }

  /** `alias:count()::cast` */
  #count(): SelectItem | undefined {
    const alias = this.#alias();
    if (!this.take('count()')) return undefined;
    const aggregateCast = this.#cast();
    if (aggregateCast === refused || !this.#atEnd()) return undefined;
    return { kind: 'count', alias, aggregateCast };
  }

  /** `alias:name->path::cast.aggregate()::cast` */
  #column(): SelectItem | Refused {
    const alias = this.#alias();
    const field = this.field();
    if (field === refused) return refused;
    const cast = this.#cast();
    if (cast === refused) return refused;
    const aggregate = this.#aggregate();
    const aggregateCast = this.#cast();
    if (aggregateCast === refused || !this.#atEnd()) return refused;
    const plain = alias === null && cast === null && aggregate === null;
    if (plain && field.name === '*' && field.path.length === 0) return starItem;
    return { kind: 'field', field, alias, cast, aggregate, aggregateCast };
  }

  #cast(): string | null | Refused {
    return this.take('::') ? this.identifier() : this.peek() === 58 ? refused : null;
  }

  #aggregate(): Aggregate | null {
    if (this.peek() !== 46) return null;
    const aggregate = aggregates.find((name) => this.text.startsWith(`${name}()`, this.at + 1));
    if (aggregate === undefined) return null;
    this.at += aggregate.length + 3;
    return aggregate;
  }

  #atEnd(): boolean {
    return this.ended || this.peek() === comma || this.peek() === closeParenthesis;
  }
}
