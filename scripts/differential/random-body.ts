import type { Table } from '../../src/catalog/index.ts';
import type { Chance } from './chance.ts';
import { randomJson } from './random-values.ts';

const WRITE_PREFERENCES = [
  'return=representation',
  'return=representation',
  'return=representation',
  'return=minimal',
  'return=headers-only',
  'resolution=merge-duplicates',
  'resolution=ignore-duplicates',
  'missing=default',
  'missing=null',
  'count=exact',
  'max-affected=1',
  'handling=strict',
  'tx=rollback',
  'timezone=America/Lima',
  'odd',
] as const;

const TYPES = [
  'text/csv',
  'application/x-www-form-urlencoded',
  'text/plain',
  'application/json; charset=utf-8',
] as const;

/** What a write sends. */
export class Body {
  constructor(
    readonly chance: Chance,
    readonly table: Table,
  ) {}

  preferences(): string {
    return this.chance.some(0, 3, () => this.chance.pick(WRITE_PREFERENCES)).join(this.chance.pick([',', ', ']));
  }

  /** A type other than JSON now and then, with a body that is as it says. */
  typed(): { readonly type: string; readonly text: string } {
    const { chance } = this;
    const names = this.#names();
    const rows = chance.some(1, 2, () => this.#row(names));
    const type = chance.happens(0.12) ? chance.pick(TYPES) : 'application/json';
    if (type === 'text/csv')
      return { type, text: [names, ...rows.map((row) => names.map((name) => row[name]))].join('\n') };
    if (type === 'application/x-www-form-urlencoded')
      return { type, text: `${new URLSearchParams(this.#texts(rows[0] ?? {}))}` };
    const text = JSON.stringify(rows.length === 1 && chance.happens(0.8) ? rows[0] : rows);
    return { type, text: chance.slips(0.03) ? text.slice(0, -1) : text };
  }

  #names(): readonly string[] {
    const wanted = this.table.columnNames.filter(
      (name) => this.table.primaryKey.includes(name) || this.chance.happens(0.4),
    );
    return this.chance.slips(0.03) ? [...wanted, 'nope'] : wanted;
  }

  #row(names: readonly string[]): Readonly<Record<string, unknown>> {
    return Object.fromEntries(names.map((name) => [name, this.#value(name)]));
  }

  #value(name: string): unknown {
    const { chance } = this;
    if (this.table.primaryKey.includes(name) && chance.happens(0.6)) return chance.pick([1, 50, 51, 52]);
    return randomJson(chance, this.table.columns.get(name)?.type);
  }

  #texts(row: Readonly<Record<string, unknown>>): Record<string, string> {
    return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)]));
  }
}
