import { invalidLine } from '../errors/extension-errors.ts';

/** The longest line that is held in memory, in UTF-16 units. */
const MAX_LINE = 4 * 1_048_576;

/** A line of a body, counted from 1. Empty ones are left out. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** Lines as they come, whatever the pieces are. @throws DialectError HUTCH108 */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let number = 0;
  for await (const piece of stream) {
    rest += decode(() => decoder.decode(piece, { stream: true }), number + 1);
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE)
      throw invalidLine(number + lines.length + 1, `It is longer than ${MAX_LINE} characters.`);
    for (const text of lines) {
      number++;
      if (text.trim() !== '') yield { number, text };
    }
  }
  rest += decode(() => decoder.decode(), number + 1);
  if (rest.trim() !== '') yield { number: number + 1, text: rest };
}

function decode(read: () => string, line: number): string {
  try {
    return read();
  } catch {
    throw invalidLine(line, 'It is not UTF-8.');
  }
}

/** A row of NDJSON with its keys, sorted. @throws DialectError HUTCH108 */
export function rowKeys({ number, text }: Line): readonly string[] {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    throw invalidLine(number, 'It is not JSON.');
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw invalidLine(number, 'It is not an object.');
  return Object.keys(row).sort();
}
