/** Postgres's text form of arrays: `{1,NULL,"a \"b\""}`, nested for more dimensions, with bounds before it where they are unusual. */

export type Nested<T> = readonly (T | null | Nested<T>)[];

/** Reads an array; each element that is not NULL goes through `element`. Boxes are delimited by `;`, all other types by `,`. */
export function readArray<T>(text: string, element: (text: string) => T, delimiter = ','): Nested<T> {
  const start = text.indexOf('{');
  return new ArrayReader(text, element, delimiter).read(Math.max(start, 0));
}

class ArrayReader<T> {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly element: (text: string) => T,
    private readonly delimiter: string,
  ) {}

  read(start: number): Nested<T> {
    this.at = start + 1;
    const items: (T | null | Nested<T>)[] = [];
    while (this.at < this.text.length) {
      const char = this.text[this.at];
      if (char === '}') break;
      if (char === this.delimiter) this.at++;
      else items.push(this.item(char));
    }
    this.at++;
    return items;
  }

  private item(char: string | undefined): T | null | Nested<T> {
    if (char === '{') return this.read(this.at);
    if (char === '"') return this.element(this.quoted());
    const text = this.bare();
    return text === 'NULL' ? null : this.element(text);
  }

  private bare(): string {
    const start = this.at;
    while (this.at < this.text.length && this.text[this.at] !== '}' && this.text[this.at] !== this.delimiter) this.at++;
    return this.text.slice(start, this.at);
  }

  private quoted(): string {
    const start = ++this.at;
    while (this.at < this.text.length && this.text[this.at] !== '"') this.at += this.text[this.at] === '\\' ? 2 : 1;
    return this.text.slice(start, this.at++).replaceAll(/\\(.)/gs, '$1');
  }
}

/** Writes an array; `element` gives each element's own text. */
export function writeArray<T>(items: Nested<T>, element: (item: T) => string): string {
  const parts = items.map((item) => {
    if (item === null) return 'NULL';
    return isNested(item) ? writeArray(item, element) : quote(element(item));
  });
  return `{${parts.join(',')}}`;
}

const isNested = <T>(item: T | Nested<T>): item is Nested<T> => Array.isArray(item);

const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
