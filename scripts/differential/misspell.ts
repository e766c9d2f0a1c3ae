import type { Chance } from './chance.ts';
import { parameter } from './names.ts';

const SIGNS = [
  '.',
  ',',
  '(',
  ')',
  ':',
  '::',
  '!',
  '"',
  '->',
  '->>',
  '-',
  '*',
  ' ',
  '\\',
  '{',
  '}',
  'a',
  '1',
  'é',
  '...',
  'not.',
  '%',
  "'",
  '$',
  '\t',
  '+',
  '=',
  'count()',
  'is.',
  '_',
] as const;

/** One or two slips in a parameter: a sign too many, too few, or another. */
export function misspell(chance: Chance, part: string): string {
  const [name = '', value = ''] = part.split('=').map(decodeURIComponent);
  if (chance.happens(0.2)) return parameter(slip(chance, name), value);
  const once = slip(chance, value);
  return parameter(name, chance.happens(0.3) ? slip(chance, once) : once);
}

function slip(chance: Chance, text: string): string {
  const signs = [...text];
  const at = chance.below(signs.length + 1);
  const put = chance.happens(0.7) ? [chance.pick(SIGNS)] : [];
  return signs.toSpliced(at, chance.happens(0.5) ? 0 : 1, ...put).join('');
}
