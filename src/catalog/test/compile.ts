import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../../../', import.meta.url).pathname;

const settings = {
  compilerOptions: {
    target: 'ESNext',
    module: 'Preserve',
    moduleResolution: 'bundler',
    lib: ['ESNext', 'DOM'],
    allowImportingTsExtensions: true,
    types: ['bun-types'],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  },
};

/**
 * Compiles files in a folder of their own that sees this project's dependencies, and `also`, files where they are; what the
 * compiler complains about.
 */
export async function compile(files: Readonly<Record<string, string>>, also: readonly string[] = []): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hutch-types-'));
  try {
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    const all = { ...files, 'tsconfig.json': JSON.stringify({ ...settings, include: ['*.ts', ...also] }) };
    await Promise.all(Object.entries(all).map(([name, text]) => Bun.write(join(folder, name), text)));
    const tsc = Bun.spawn([process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
      stdout: 'pipe',
    });
    return await new Response(tsc.stdout).text();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
