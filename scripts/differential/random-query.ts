import type { Catalog, Parameter, Routine, Table } from '../../src/catalog/index.ts';
import type { Chance } from './chance.ts';
import { misspell } from './misspell.ts';
import { grammarName, parameter } from './names.ts';
import { Body } from './random-body.ts';
import { Refiner } from './random-filters.ts';
import { preflightHeaders, randomHeaders } from './random-headers.ts';
import { type Selection, Selector } from './random-select.ts';
import { randomJson, randomValue } from './random-values.ts';
import { type CaseRequest, request } from './request.ts';

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
const METHODS = ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'POST', 'TRACE', 'CONNECT', 'PROPFIND'] as const;
const ADDRESSES = [
  ...[
    '/',
    '/',
    '/?select=a',
    '//',
    '/rpc',
    '/rpc/',
    '/rpc/x/y',
    '/a/b',
    '/projects/',
    '/projects/1',
    '/projectz',
    '/rpc/add_the',
  ],
  ...['/%', '/%C3%A9', '/%FF', '/Projects', '/rpc/nope?a=1', '/projects?', '/projects#x', '/rpc//x', '/nope?x=y'],
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

  /** Of no table and no function: what a schema has, what may be sent where, addresses that are none. */
  aside(path: string): CaseRequest {
    const { chance } = this;
    const address = chance.happens(0.5) ? path : chance.pick(ADDRESSES);
    const method = chance.pick(['OPTIONS', 'OPTIONS', 'GET', 'HEAD', 'POST', ...METHODS]);
    const asking = method === 'OPTIONS' ? preflightHeaders(chance) : {};
    return request(method, address, { ...this.#headers('Accept-Profile'), ...asking });
  }

  read(table: Table): CaseRequest {
    const method = this.chance.happens(0.08) ? 'HEAD' : this.chance.slips(0.03) ? this.chance.pick(METHODS) : 'GET';
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
    const preferences = body.preferences();
    const { type, text } = body.typed();
    const prefer: CaseRequest['headers'] = preferences === '' ? {} : { prefer: preferences };
    const headers = { ...this.#headers('Content-Profile'), ...prefer, 'content-type': type };
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

  #headers(profile: 'Accept-Profile' | 'Content-Profile'): CaseRequest['headers'] {
    const { chance, schema } = this;
    const name = chance.slips(0.02) ? chance.pick(['Accept-Profile', 'Content-Profile']) : profile;
    const named = chance.slips(0.02) ? chance.pick(['nope', '', 'V1', 'v1', 'private', 'v1,v2', 'é']) : schema;
    return { ...(named === 'v1' && chance.happens(0.9) ? {} : { [name]: named }), ...randomHeaders(chance) };
  }
}
