/** Clauses that begin a line where a statement was written in one. */
const clauses =
  /(?<!\b(?:left|right|full|inner|cross))\s+(?=(?:from|where|group by|having|order by|limit|offset|(?:(?:left|right|full|inner|cross) )?join|union|returning|set|values|on conflict)\b)/gi;

/** Breaks a statement of one line at its clauses; one that has lines of its own stays as it is. */
export function formatSql(text: string): string {
  const trimmed = text.trim();
  if (trimmed.includes('\n') || trimmed.length < 60) return trimmed;
  return breakOutside(trimmed);
}

/** Parentheses within which clauses get lines of their own: a CTE's or a subquery's, not those of an aggregate's order. */
const DEEPEST = 1;

/** Only outside quotes, so that no constant changes. */
function breakOutside(text: string): string {
  const breaks = new Set([...text.matchAll(clauses)].map(({ index }) => index));
  let depth = 0;
  let quote = '';
  let formatted = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === "'" || char === '"') quote = char;
    else if (char === '(') depth++;
    else if (char === ')') depth--;
    formatted += quote === '' && depth <= DEEPEST && breaks.has(at) ? `\n${'  '.repeat(depth)}` : char;
  }
  return formatted;
}
