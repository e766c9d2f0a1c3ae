import type { Catalog, Parameter, Routine, Table } from '../../src/catalog/index.ts';
import type { Chance } from './chance.ts';
import { misspell } from './misspell.ts';
import { grammarName, parameter } from './names.ts';
import { Body } from './random-body.ts';
import { Refiner } from './random-filters.ts';
import { type Selection, Selector } from './random-select.ts';
import { randomJson, randomValue } from './random-values.ts';
import { type CaseRequest, request } from './request.ts';

const ACCEPTS = [
  'text/csv',
  'application/vnd.pgrst.object+json',
  'application/vnd.pgrst.array+json;nulls=stripped',
  'text/plain',
  'foo/bar, */*',
] as const;
const PREFERENCES = [
  'count=exact',
  'count=planned',
  'count=exact, handling=strict',
  'max-affected=1,handling=strict',
  'tx=rollback',
  'handling=strict,odd',
] as const;
const ODDITIES = [
  '',
  '=',
  '&',
  'select=',
  'select',
  'order=',
  'id',
  'id=',
  '=eq.1',
  'or=',
  'limit',
  'columns=id',
  'on_conflict=id',
  'a;b',
  '%ZZ',
  'id=eq.1+',
  'apikey=x',
] as const;
const RAW = ['text/plain', 'text/xml', 'application/octet-stream', 'text/csv'] as const;

const argumentsOf = (chance: Chance, given: readonly Parameter[]): readonly string[] =>
  given.flatMap(({ name, type, variadic }) => {
    const one = () => parameter(name, randomValue(chance, variadic ? type.replace('[]', '') : type));
    return variadic ? chance.some(1, 3, one) : [one()];
  });

/** What is rolled back leaves its mark on a sequence; so does what the view's trigger inserts. */
const hasSequence = (table: Table): boolean =>
  table.name === 'trig_view' ||
  [...table.columns.values()].some((column) => column.identity !== null || /nextval/.test(column.default ?? ''));

/** Makes up requests to the tables and functions of one schema. */
export class Query {
  readonly #selector: Selector;
  readonly #refiner: Refiner;

  constructor(
    readonly chance: Chance,
    readonly catalog: Catalog,
    readonly schema: string,
  ) {
    this.#selector = new Selector(chance, catalog, schema);
    this.#refiner = new Refiner(chance, this.#selector);
  }

  about(table: Table): CaseRequest {
    return this.chance.happens(0.25) && !hasSequence(table) ? this.write(table) : this.read(table);
  }

  read(table: Table): CaseRequest {
    const method = this.chance.happens(0.08) ? 'HEAD' : 'GET';
    return request(
      method,
      `/${encodeURIComponent(table.name)}${this.#search(this.#shape(table))}`,
      this.#headers('Accept-Profile'),
    );
  }

  write(table: Table): CaseRequest {
    const { chance } = this;
    const body = new Body(chance, table);
    const method = chance.pick(['POST', 'POST', 'PATCH', 'DELETE', 'PUT']);
    const key = table.primaryKey.map((name) => parameter(grammarName(name), `eq.${chance.pick([1, 1, 2, 50])}`));
    const keyed = method !== 'POST' && chance.happens(0.8) ? key : [];
    const ofNames = (name: string) =>
      parameter(name, chance.some(1, 2, () => grammarName(chance.any(table.columnNames) ?? 'id')).join(','));
    const extra = ['columns', 'on_conflict'].flatMap((name) => (chance.happens(0.08) ? [ofNames(name)] : []));
    const path = `/${encodeURIComponent(table.name)}${this.#search([...keyed, ...this.#shape(table), ...extra])}`;
    const prefer = body.preferences();
    const { type, text } = body.typed();
    const headers = { ...this.#headers('Content-Profile'), ...(prefer === '' ? {} : { prefer }), 'content-type': type };
    return request(method, path, headers, method === 'DELETE' ? undefined : text);
  }

  call(routine: Routine): CaseRequest {
    const { chance } = this;
    const path = `/rpc/${encodeURIComponent(routine.name)}`;
    const rows = this.catalog.schemas.get(routine.returns.type.schema)?.tables.get(routine.returns.type.name);
    const shape = rows === undefined ? this.#loose() : this.#shape(rows);
    const given = routine.parameters.filter(({ required }) => (required ? !chance.slips(0.03) : chance.happens(0.4)));
    if (chance.happens(0.5)) {
      const search = this.#search([...argumentsOf(chance, given), ...shape]);
      return request(chance.pick(['GET', 'GET', 'HEAD']), path + search, this.#headers('Accept-Profile'));
    }
    const { type, text } = this.#arguments(given);
    return request(
      'POST',
      path + this.#search(shape),
      { ...this.#headers('Content-Profile'), 'content-type': type },
      text,
    );
  }

  /** A body of arguments, mostly JSON. */
  #arguments(given: readonly Parameter[]): { readonly type: string; readonly text: string } {
    const { chance } = this;
    if (chance.happens(0.15)) {
      return { type: 'application/x-www-form-urlencoded', text: argumentsOf(chance, given).join('&') };
    }
    const raw = chance.happens(0.15) ? chance.pick(RAW) : undefined;
    if (raw !== undefined) return { type: raw, text: randomValue(chance) };
    const body = Object.fromEntries(given.map(({ name, type }) => [name, randomJson(chance, type)]));
    return { type: 'application/json', text: JSON.stringify(chance.happens(0.06) ? [body, body] : body) };
  }

  #shape(table: Table): readonly string[] {
    const whole: Selection = { table, text: '', embeds: [], aggregated: false };
    const selection = this.chance.happens(0.8) ? this.#selector.select(table) : whole;
    const select = selection === whole ? [] : [parameter('select', selection.text)];
    return [...select, ...this.#refiner.refine(selection)];
  }

  /** Of a function whose rows are no table's. */
  #loose(): readonly string[] {
    const { chance } = this;
    const maybe = (text: string) => (chance.slips(0.06) ? [text] : []);
    return [
      ...maybe('select=a'),
      ...maybe('order=a.desc'),
      ...maybe('a=eq.1'),
      ...maybe('limit=1'),
      ...maybe('select=*,x:a'),
      ...maybe('offset=1'),
    ];
  }

  #search(parts: readonly string[]): string {
    const { chance } = this;
    const misspelt = parts.map((part) => (chance.slips(0.05) ? misspell(chance, part) : part));
    const odd = chance.slips(0.02) ? [chance.pick(ODDITIES)] : [];
    return parts.length + odd.length === 0 ? '' : `?${[...misspelt, ...odd].join('&')}`;
  }

  #headers(profile: string): Readonly<Record<string, string>> {
    const { chance, schema } = this;
    return {
      ...(schema === 'v1' ? {} : { [profile]: schema }),
      ...(chance.happens(0.12) ? { accept: chance.pick(ACCEPTS) } : {}),
      ...(chance.happens(0.12) ? { prefer: chance.pick(PREFERENCES) } : {}),
      ...(chance.happens(0.04) ? { range: chance.pick(['0-1', '1-', '5-3', '2-100']) } : {}),
    };
  }
}
