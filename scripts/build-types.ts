/**
 * Writes the declarations that the package ships to `dist/`, so that a user's TypeScript reads declarations and not our source, and needs
 * none of our compiler flags. Bun runs the source itself. Run by `bun pm pack` and `npm pack` (`prepack`).
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dir, '..');
const dist = join(root, 'dist');
const flags = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', dist, '--rootDir', 'src'];

rmSync(dist, { recursive: true, force: true });
const tsc = Bun.spawnSync([process.execPath, 'x', 'tsc', '-p', 'scripts/tsconfig.types.json', ...flags], {
  cwd: root,
  stdout: 'inherit',
  stderr: 'inherit',
});
if (tsc.exitCode !== 0) process.exit(tsc.exitCode);
for (const file of new Bun.Glob('**/*.d.ts').scanSync({ cwd: dist, absolute: true })) {
  const text = readFileSync(file, 'utf8');
  // A declaration may not name a .ts file without a flag on the reader's side; .js finds the .d.ts beside it everywhere.
  writeFileSync(file, text.replace(/((?:from|import)\s*\(?\s*['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2'));
}
