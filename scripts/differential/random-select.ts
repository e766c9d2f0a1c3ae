import { type Catalog, findTable, type Relationship, relationshipsOf, type Table } from '../../src/catalog/index.ts';
import type { Chance } from './chance.ts';
import { grammarName } from './names.ts';

/** What a request selects: its text, and the embeds that filters and orders can then name. */
export interface Selection {
  readonly table: Table;
  readonly text: string;
  readonly embeds: readonly Embedded[];
  readonly aggregated: boolean;
}

export interface Embedded extends Selection {
  /** The alias, or the name. */
  readonly name: string;
  readonly toOne: boolean;
}

const CASTS = [
  'text',
  'int',
  'json',
  'jsonb',
  'varchar',
  'numeric',
  'date',
  'int4',
  'nope',
  'text[]',
  'double precision',
] as const;
const STEPS = [
  '->a',
  '->>a',
  '->n',
  '->>lang',
  '->0',
  '->>-1',
  '->a->0',
  '->"a.b"',
  '->x->y->>z',
  '->street',
  '->"é"',
  '->n->0->>k',
] as const;
const DEEPEST = 3;

export class Selector {
  constructor(
    readonly chance: Chance,
    readonly catalog: Catalog,
    readonly schema: string,
  ) {}

  select(table: Table, depth = 0, aggregated = this.chance.happens(0.12)): Selection {
    const embeds = depth < DEEPEST ? this.#embeds(table, depth) : [];
    const items =
      this.chance.happens(0.15) && !(aggregated && this.chance.careful)
        ? ['*']
        : this.chance.some(embeds.length > 0 ? 0 : 1, 3, () => this.#item(table, aggregated));
    return {
      table,
      embeds,
      aggregated,
      text: [...items, ...embeds.map(({ text }) => text)].join(this.chance.happens(0.03) ? ' , ' : ','),
    };
  }

  #item(table: Table, aggregated: boolean): string {
    const { chance } = this;
    if (aggregated && chance.happens(0.5)) return this.#aggregate(table);
    if (aggregated && chance.careful) return this.comparable(table);
    if (chance.happens(0.08)) return '*';
    const alias = chance.happens(0.15) ? `${chance.pick(['al', 'x y', 'Ä', 'a-b', '"q,"', 'id', 'name'])}:` : '';
    const cast = chance.happens(0.1) ? `::${chance.careful ? 'text' : chance.pick(CASTS)}` : '';
    return `${alias}${this.field(table)}${cast}`;
  }

  #aggregate(table: Table): string {
    const { chance } = this;
    const alias = chance.happens(0.3) ? `${chance.pick(['agg', 'n', 'count'])}:` : '';
    const cast = chance.happens(0.2) ? `::${chance.careful ? 'text' : chance.pick(CASTS)}` : '';
    if (chance.happens(0.4)) return `${alias}count()${cast}`;
    if (chance.careful) return `${alias}${this.comparable(table)}.${chance.pick(['max', 'min', 'count'])}()${cast}`;
    return `${alias}${this.field(table)}.${chance.pick(['sum', 'avg', 'max', 'min', 'count'])}()${cast}`;
  }

  /** A column, now and then a computed one or one that is not there, with a path where it may have one. */
  field(table: Table): string {
    const { chance } = this;
    const computed = table.computed.map(({ name }) => name);
    const name = chance.any(computed.length > 0 && chance.happens(0.15) ? computed : table.columnNames) ?? 'id';
    if (chance.slips(0.02)) return 'nope';
    const column = table.columns.get(name);
    const steps = column === undefined || column.isJson || column.isArray || column.isComposite;
    return `${grammarName(name)}${steps && chance.happens(0.5) ? chance.pick(STEPS) : chance.slips(0.02) ? '->a' : ''}`;
  }

  /** To be ordered, compared or aggregated by. */
  comparable(table: Table): string {
    if (!this.chance.careful) return this.field(table);
    const plain = [...table.columns.values()].filter(({ type }) =>
      /^(integer|text|numeric.*|date|character varying)$/.test(type),
    );
    return grammarName((this.chance.any(plain) ?? [...table.columns.values()][0])?.name ?? 'id');
  }

  #embeds(table: Table, depth: number): readonly Embedded[] {
    const relations = relationshipsOf(this.catalog, table, this.schema);
    const count = this.chance.happens(depth === 0 ? 0.7 : 0.35)
      ? 1 + this.chance.below(this.chance.careful ? 1 : 2)
      : 0;
    return Array.from({ length: count }).flatMap(() => {
      const relation = this.chance.any(relations);
      return relation === undefined ? [] : this.#embed(relation, depth);
    });
  }

  #embed(relation: Relationship, depth: number): readonly Embedded[] {
    const { chance } = this;
    const foreign = findTable(this.catalog, relation.foreignTable);
    if (foreign === undefined) return [];
    const spread = chance.happens(0.2);
    const inner = this.select(foreign, depth + 1, spread && chance.careful ? false : undefined);
    const target = this.#target(relation);
    const alias = !spread && chance.happens(0.25) ? chance.pick(['al', 'Other', 'x', 'name', '"e.m"']) : undefined;
    const join = chance.pick(['', '', '', '', '!inner', '!left']);
    const items = chance.happens(0.08) ? '' : chance.happens(0.2) ? '*' : inner.text;
    const head = `${spread ? '...' : alias === undefined ? '' : `${alias}:`}${target}${join}`;
    const name = unquoted(alias ?? target.replace(/(?<=.)!.*/, ''));
    return [
      {
        table: foreign,
        aggregated: inner.aggregated,
        embeds: items === inner.text ? inner.embeds : [],
        text: `${head}(${items})`,
        name,
        toOne: relation.toOne,
      },
    ];
  }

  /** By the table, the constraint or the column, alone or as a hint. */
  #target(relation: Relationship): string {
    if (relation.kind === 'computed') return grammarName(relation.function.name);
    const table = grammarName(relation.foreignTable.name);
    const own = relation.kind === 'many-to-many' ? [relation.junction.table.name] : hintsOf(relation);
    const hint = grammarName((this.chance.careful ? own[0] : this.chance.any(own)) ?? 'nope');
    if (this.chance.careful) return relation.isSelf ? selfTarget(relation) : `${table}!${hint}`;
    return this.chance.pick([table, table, `${table}!${hint}`, `${table}!${hint}`, hint]);
  }
}

/** A key to its own table is known by its column, and backwards by the table's name. */
const selfTarget = ({ kind, foreignTable, ...relation }: Relationship): string =>
  grammarName(kind === 'many-to-one' && 'columns' in relation ? (relation.columns[0]?.[0] ?? '') : foreignTable.name);

const hintsOf = ({ constraint, columns }: Extract<Relationship, { constraint: string }>): readonly string[] =>
  columns.length === 1 ? [constraint, ...columns.flat()] : [constraint];

const unquoted = (name: string): string => (name.startsWith('"') ? name.slice(1, -1).replace(/\\(.)/g, '$1') : name);
