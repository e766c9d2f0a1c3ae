export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What is wrong in a project's module, with its place: `/app/src/schema.ts:2:18: Unexpected ;`; of several errors the first. */
export function moduleError(cause: unknown, file?: string): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return moduleError(cause.errors[0], file);
  const message = cause instanceof Error ? cause.message : String(cause);
  const place = syntaxPlace(cause, file) ?? projectFrames(cause)[0];
  if (place !== undefined) return `${placeText(place)}: ${message}`;
  return file === undefined ? message : `${file}: ${message}`;
}

export const placeText = ({ file, line, column }: Place): string => `${file}:${line}:${column}`;

/** Bun's syntax errors have a position and no stack; a text that it did not read from a file is `input.ts` to it. */
function syntaxPlace(cause: unknown, file: string | undefined): Place | undefined {
  if (!(cause instanceof Error) || !('position' in cause) || !isPlace(cause.position)) return undefined;
  return cause.position.file.startsWith('/') || file === undefined ? cause.position : { ...cause.position, file };
}

const isPlace = (value: unknown): value is Place =>
  typeof value === 'object' && value !== null && 'file' in value && 'line' in value && typeof value.file === 'string';

const FRAME = /\(?(\/[^\s()]+):(\d+):(\d+)\)?$/gm;
const here = new URL('..', import.meta.url).pathname;

/** Where an error passed through the project's own files, innermost first: packages, and Hutch, throw because of what it gave them. */
export function projectFrames(cause: unknown): readonly Place[] {
  const stack = cause instanceof Error ? (cause.stack ?? '') : '';
  return [...stack.matchAll(FRAME)]
    .map(([, file = '', line, column]) => ({ file, line: Number(line), column: Number(column) }))
    .filter(({ file }) => !file.includes('/node_modules/') && !isOurs(file));
}

/** In a clone of Hutch the demo lies among our own modules. */
const isOurs = (file: string): boolean => file.startsWith(here) && !file.startsWith(`${here}app/`);
