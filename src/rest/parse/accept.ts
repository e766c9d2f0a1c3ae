import { tooComplex } from '../errors/extension-errors.ts';
import { limits } from './limits.ts';
import { any, parseMediaType } from './media-type.ts';
import { Remembered } from './remembered.ts';
import type { MediaType } from './types.ts';

const everything: readonly MediaType[] = Object.freeze([any]);

/**
 * `Accept`, best first: by weight, then by how specific (parameters count for it, stars against it), then as written.
 * Blanks don't count. An unreadable weight is 1. An empty header accepts nothing.
 */
export function parseAccept(header: string | null): readonly MediaType[] {
  if (header === null || header === '*/*') return everything;
  if (header === '') return [];
  return ranked.get(header);
}

const ranked = new Remembered(rank);

function rank(header: string): readonly MediaType[] {
  if (header.length > limits.acceptLength) throw tooComplex('characters in Accept', limits.acceptLength);
  const ranges = header.split(',');
  if (ranges.length > limits.acceptTypes) throw tooComplex('media types in Accept', limits.acceptTypes);
  return ranges
    .map(weigh)
    .sort((a, b) => b.weight - a.weight || b.specificity - a.specificity)
    .map(({ mime }) => parseMediaType(mime));
}

function weigh(range: string): { mime: string; weight: number; specificity: number } {
  const dense = range.replaceAll(' ', '');
  const [mime = '', ...rest] = dense.split(';q=');
  const specificity = count(mime, ';') - count(mime, '*');
  return { mime, weight: rest.length === 0 ? 1 : readWeight(rest.join(';q=')), specificity };
}

function readWeight(text: string): number {
  const [number] = /^-?\d+(\.\d+)?(e-?\d{1,3})?/i.exec(text) ?? [];
  return number === undefined ? 1 : Number(number);
}

const count = (text: string, character: string): number => text.split(character).length - 1;
