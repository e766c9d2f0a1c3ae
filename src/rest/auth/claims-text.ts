/**
 * Claims as their JSON has them: a scalar is its own text, so that no number loses a digit, and of a key that stands twice the first
 * holds, as in PostgREST; `JSON.parse` would take the last.
 */
export type ClaimTree = string | readonly ClaimTree[] | ReadonlyMap<string, ClaimTree>;

/** @throws SyntaxError for what is no JSON, or holds half a character */
export function readClaimTree(json: string): ClaimTree {
  JSON.parse(json);
  return new Reader(json.match(/"(?:[^"\\]|\\.)*"|[^\s{}[\],:"]+|[{}[\]]/g) ?? []).value();
}

/** Reads what is known to be JSON; commas and colons say nothing that its other tokens don't. */
class Reader {
  #at = 0;

  constructor(readonly tokens: readonly string[]) {}

  value(): ClaimTree {
    const token = this.#next();
    if (token === '{') return this.#object();
    if (token === '[') return this.#array();
    return token.startsWith('"') ? JSON.stringify(textOf(token)) : token;
  }

  #object(): ReadonlyMap<string, ClaimTree> {
    const object = new Map<string, ClaimTree>();
    for (let token = this.#next(); token !== '}'; token = this.#next()) {
      const [key, value] = [textOf(token), this.value()];
      if (!object.has(key)) object.set(key, value);
    }
    return object;
  }

  #array(): readonly ClaimTree[] {
    const array: ClaimTree[] = [];
    while (this.tokens[this.#at] !== ']') array.push(this.value());
    this.#at++;
    return array;
  }

  #next(): string {
    return this.tokens[this.#at++] ?? '}';
  }
}

function textOf(token: string): string {
  const text = String(JSON.parse(token));
  if (!text.isWellFormed()) throw new SyntaxError('Half a surrogate pair is no character');
  return text;
}

/** The claims with the role among them, as SQL sees them: keys sorted, as PostgREST writes them. */
export function claimsText(claims: ReadonlyMap<string, ClaimTree>, role: string): string {
  return writeClaimTree(new Map(claims).set('role', JSON.stringify(role)));
}

export function writeClaimTree(tree: ClaimTree): string {
  if (typeof tree === 'string') return tree;
  if (!(tree instanceof Map)) return `[${[...tree.values()].map(writeClaimTree).join(',')}]`;
  const keys = [...tree.keys()].sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${writeClaimTree(tree.get(key) ?? 'null')}`).join(',')}}`;
}
