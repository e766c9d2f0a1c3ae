import type { Column } from '../app/catalog.ts';
import { type Kind, kindOf, shownTime, shownValue } from './kind.ts';

/** A value in a cell. */
export function Value({ column, value }: { readonly column: Column; readonly value: unknown }) {
  if (value === null || value === undefined) return <span class="null">null</span>;
  const kind = kindOf(column);
  const text = textOf(kind, value);
  if (kind === 'boolean') return <span class={value === true ? 'truth yes' : 'truth'}>{text}</span>;
  if (kind === 'enum') return <span class={`tag tag-${column.enum.indexOf(text) % 6}`}>{text}</span>;
  if (kind === 'json' || kind === 'array') return <span class="code">{text}</span>;
  if (text === '') return <span class="null">empty</span>;
  return text;
}

export function textOf(kind: Kind, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string' && (kind === 'timestamp' || kind === 'timestamptz')) return shownTime(value);
  return shownValue(value);
}
