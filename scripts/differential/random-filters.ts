import type { Table } from '../../src/catalog/index.ts';
import type { Chance } from './chance.ts';
import { grammarName, parameter } from './names.ts';
import type { Embedded, Selection, Selector } from './random-select.ts';
import { nestedValue, randomValue } from './random-values.ts';

const COMPARISONS = [
  'eq',
  'eq',
  'eq',
  'neq',
  'gt',
  'gte',
  'lt',
  'lte',
  'like',
  'ilike',
  'match',
  'imatch',
  'isdistinct',
] as const;
const CAREFUL = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'isdistinct'] as const;
const SPECIAL = [
  'cs',
  'cd',
  'ov',
  'sl',
  'sr',
  'nxr',
  'nxl',
  'adj',
  'fts',
  'plfts',
  'phfts',
  'wfts',
  'fts(english)',
  'wfts(french)',
] as const;
const QUANTIFIED = ['eq(any)', 'like(any)', 'ilike(all)', 'gt(all)', 'match(any)', 'neq(any)', 'lt(any)'] as const;
const TRILEANS = ['null', 'not_null', 'true', 'false', 'unknown', 'NULL', 'nope'] as const;

/** The parameters beside `select`: filters, logic, orders and ranges, on the root and on its embeds. */
export class Refiner {
  constructor(
    readonly chance: Chance,
    readonly selector: Selector,
  ) {}

  refine(root: Selection): readonly string[] {
    return [...this.#own(root, '', 1), ...root.embeds.flatMap((embed) => this.#embedded(embed, ''))];
  }

  #embedded(embed: Embedded, above: string): readonly string[] {
    const path = `${above}${grammarName(embed.name)}.`;
    return [...this.#own(embed, path, 0.5), ...embed.embeds.flatMap((inner) => this.#embedded(inner, path))];
  }

  #own(node: Selection, path: string, eagerness: number): readonly string[] {
    const { chance } = this;
    const maybe = (probability: number, make: () => string) =>
      chance.happens(probability * eagerness) ? [make()] : [];
    return [
      ...maybe(0.4, () => this.filter(node, path)),
      ...maybe(0.1, () => this.filter(node, path)),
      ...maybe(0.15, () => parameter(`${path}${chance.pick(['or', 'and', 'not.or', 'not.and'])}`, this.#list(node, 0))),
      ...(node.aggregated && chance.careful ? [] : maybe(0.4, () => parameter(`${path}order`, this.#order(node)))),
      ...maybe(0.15, () =>
        parameter(
          `${path}limit`,
          chance.careful ? chance.pick(['1', '2', '10']) : chance.pick(['0', '1', '2', '10', '-1', 'x', '']),
        ),
      ),
      ...maybe(0.08, () =>
        parameter(`${path}offset`, chance.careful ? '1' : chance.pick(['0', '1', '2', '100', '-1', 'x'])),
      ),
    ];
  }

  filter(node: Selection, path: string): string {
    const embed = this.chance.happens(0.15) ? this.chance.any(node.embeds) : undefined;
    if (embed !== undefined) return parameter(`${path}${grammarName(embed.name)}`, this.#presence());
    const field = this.selector.comparable(node.table);
    return parameter(
      `${path}${field}`,
      this.#expression(node.table, field, (value) => value),
    );
  }

  #presence(): string {
    const { chance } = this;
    return chance.pick(
      chance.careful ? ['is.null', 'not.is.null'] : ['is.null', 'not.is.null', 'is.not_null', 'eq.1', 'is.true'],
    );
  }

  #expression(table: Table, field: string, write: (value: string) => string): string {
    const { chance } = this;
    const column = table.columns.get(field.replace(/->.*/, '').replaceAll('"', ''));
    const value = () => write(randomValue(chance, column?.type));
    const not = chance.happens(0.15) ? 'not.' : '';
    if (chance.happens(0.12)) return `${not}is.${chance.careful ? 'null' : chance.pick(TRILEANS)}`;
    if (chance.happens(0.12))
      return `${not}in.(${chance.some(0, 3, () => nestedValue(chance, randomValue(chance, column?.type))).join(',')})`;
    if (chance.careful) return `${not}${chance.pick(CAREFUL)}.${value()}`;
    if (chance.happens(0.08))
      return `${not}${chance.pick(QUANTIFIED)}.${chance.happens(0.7) ? `{${value()}}` : value()}`;
    const special = column === undefined || column.isArray || column.isJson || /range|tsvector|text/.test(column.type);
    return `${not}${chance.pick(special && chance.happens(0.4) ? SPECIAL : COMPARISONS)}.${value()}`;
  }

  #list(node: Selection, depth: number): string {
    return `(${this.chance.some(1, 3, () => this.#condition(node, depth)).join(this.chance.happens(0.1) ? ', ' : ',')})`;
  }

  #condition(node: Selection, depth: number): string {
    const { chance } = this;
    if (depth < 2 && chance.happens(0.2))
      return `${chance.pick(['', 'not.'])}${chance.pick(['and', 'or'])}${this.#list(node, depth + 1)}`;
    const embed = chance.happens(0.2) ? chance.any(node.embeds) : undefined;
    if (embed !== undefined) return `${grammarName(embed.name)}.${this.#presence()}`;
    const field = this.selector.comparable(node.table);
    return `${field}.${this.#expression(node.table, field, (value) => nestedValue(chance, value))}`;
  }

  #order(node: Selection): string {
    return this.chance.some(1, 2, () => this.#term(node)).join(',');
  }

  #term(node: Selection): string {
    const { chance } = this;
    const modifiers = `${chance.pick(['', '', '.asc', '.desc'])}${chance.pick(['', '', '.nullsfirst', '.nullslast'])}`;
    const embeds = chance.careful ? node.embeds.filter(({ toOne }) => toOne) : node.embeds;
    const related = chance.happens(0.25) ? chance.any(embeds) : undefined;
    const field = this.selector.comparable((related ?? node).table);
    return related === undefined ? `${field}${modifiers}` : `${grammarName(related.name)}(${field})${modifiers}`;
  }
}
