import { rename, rm, stat } from 'node:fs/promises';

/** Writes a dump to standard output or to a file; one that fails leaves the file as it was. */
export async function writeOut(chunks: AsyncIterable<Uint8Array>, file: string | undefined): Promise<void> {
  if (file === undefined) return copyTo(Bun.stdout, chunks);
  const isDevice = await stat(file).then(
    (it) => !it.isFile(),
    () => false,
  );
  if (isDevice) return copyTo(Bun.file(file), chunks);
  const draft = `${file}.${process.pid}`;
  try {
    await copyTo(Bun.file(draft), chunks);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function copyTo(target: Bun.BunFile, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const sink = target.writer();
  for await (const chunk of chunks) {
    sink.write(chunk);
    await sink.flush();
  }
  await sink.end();
}
