/** The first line that a program writes; undefined where it ends without one, or writes nowhere. */
export async function firstLine(output: ReadableStream<Uint8Array> | undefined): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of output ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const end = text.indexOf('\n');
    if (end >= 0) return text.slice(0, end);
  }
  return undefined;
}
