/** A comment's first line is the summary (or title), what follows it the description; blank lines between are dropped. */
export function splitComment(comment: string | null): { readonly summary?: string; readonly description?: string } {
  if (comment === null) return {};
  const end = comment.indexOf('\n');
  if (end < 0) return { summary: comment };
  const rest = comment.slice(end).replace(/^\n+/, '');
  return rest === '' ? { summary: comment.slice(0, end) } : { summary: comment.slice(0, end), description: rest };
}
