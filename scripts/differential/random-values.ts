import type { Chance } from './chance.ts';

type Pool = readonly [string, ...string[]];

const NUMBERS: Pool = [
  '1',
  '2',
  '0',
  '-1',
  '3',
  '10',
  '20.5',
  '1e3',
  '9007199254740993',
  'NaN',
  '',
  ' 1 ',
  '٣',
  '1_0',
  '0x1',
];
const TEXTS: Pool = [
  'a',
  'Ada',
  '*o*',
  'N%',
  '_da',
  '',
  'null',
  'x,y',
  '(x)',
  '"q"',
  'a b',
  "it's",
  'é',
  '\\',
  '{a}',
  'on',
  'Notes',
];
const BOOLS: Pool = ['true', 'false', 't', '1', 'yes', 'TRUE', 'maybe', ''];
const DATES: Pool = [
  '2020-01-01',
  '1899-08-24',
  'infinity',
  'today+',
  '2020-01-01 00:00+00',
  '2020-13-01',
  'epoch',
  '2020-01-01T00:00:00Z',
];
const ARRAYS: Pool = ['{}', '{1}', '{1,2}', '{a,"b c"}', '{NULL}', '{math}', '{', '[1]', '1', '{{1,2},{3,4}}'];
const RANGES: Pool = [
  '[1,5)',
  '(,)',
  'empty',
  '[1,1]',
  '[5,1)',
  '{[1,3)}',
  '[2020-01-01,2020-02-01)',
  '1',
  '(1,3]',
  '[,3)',
];
const JSONS: Pool = ['{"a":1}', '{}', '[]', '[1]', '1', '"s"', 'null', '{"lang":"en"}', '{bad', 'en', 'x'];
const ODD: Pool = [
  'x',
  '1',
  '',
  'null',
  '{}',
  '(1,2)',
  '(s,1)',
  '10.0.0.1',
  '00:00',
  'fat & cat',
  'sad',
  'ok',
  '#000100',
  '\\x01',
  'B1',
  '11111111-2222-3333-4444-555555555555',
];

/** The first of each pool are values of its types. */
const RIGHT = 3;

/** Text that may well be a value of the type, and now and then is none. */
export function randomValue(chance: Chance, type = ''): string {
  const pool = chance.slips(0.1) ? ODD : poolOf(type);
  return chance.careful ? (pool[chance.below(RIGHT)] ?? pool[0]) : chance.pick(pool);
}

function poolOf(type: string): Pool {
  if (type.endsWith('[]')) return ARRAYS;
  if (/json/.test(type)) return JSONS;
  if (/mood/.test(type)) return ['sad', 'ok', 'happy', 'angry', ''];
  if (/range/.test(type)) return RANGES;
  if (/int|numeric|real|double|money|oid/.test(type)) return NUMBERS;
  if (/date|time/.test(type)) return DATES;
  if (/bool/.test(type)) return BOOLS;
  return /char|text|citext|name/.test(type) ? TEXTS : ODD;
}

/** The same in a JSON body: as JSON has it, as text, or as something else altogether. */
export function randomJson(chance: Chance, type = ''): unknown {
  if (chance.slips(0.15)) return chance.pick<unknown>([null, 1, true, { a: 1 }, [1, 2], 'x', 1.5, [{ street: 's' }]]);
  const text = randomValue(chance, type);
  if (chance.happens(0.4)) return text;
  if (type.endsWith('[]'))
    return chance.pick<unknown>([[1, 2], ['a', null], [], [[1], [2]], [{ street: 's', zip: 1 }]]);
  if (/addr|place/.test(type)) return chance.pick<unknown>([{ street: 's', zip: 1 }, { zip: 'x' }, {}, { nope: 1 }]);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Inside a logic tree a value ends at a comma or parenthesis, unless it is quoted. */
export function nestedValue(chance: Chance, value: string): string {
  const needed = /[,()]/.test(value) && !/^\{[^{}]*\}$/.test(value);
  if (!(needed ? chance.happens(0.8) : chance.happens(0.1))) return value;
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
