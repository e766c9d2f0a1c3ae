/**
 * Checks the house: every room stands above all that it imports, rooms of one floor do not import each other, and no files
 * import in a circle. Type imports count. Exit code 1 with each breach on a line.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = join(import.meta.dir, '..');

/** Floors from the ground up. `rest` imports `http` never; the page in `studio/page` is a browser's and stands alone. */
const floors: readonly (readonly string[])[] = [
  ['errors'],
  ['config'],
  ['catalog'],
  ['db'],
  ['data', 'migrate', 'wire'],
  ['rest', 'studio', 'testing'],
  ['http'],
  ['server'],
  ['cli', 'index.ts', 'testing.ts', 'app'],
];
const floorOf = new Map(floors.flatMap((rooms, floor) => rooms.map((room) => [room, floor] as const)));

const files = [...new Bun.Glob('src/**/*.{ts,tsx}').scanSync({ cwd: root })].filter((file) => !isTest(file)).toSorted();
const imports = new Map(files.map((file) => [file, importsOf(file)]));
const breaches = [...files.flatMap(upward), ...circles()];
for (const breach of breaches) process.stderr.write(`${breach}\n`);
process.stdout.write(`${files.length} files, ${breaches.length} breaches of floors and circles\n`);
process.exit(breaches.length > 0 ? 1 : 0);

function isTest(file: string): boolean {
  return file.includes('/test/') || file.endsWith('.test.ts');
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const specifiers = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]+)['"]/g)].map(([, name = '']) => name);
  return specifiers.map((name) => relative(root, resolve(root, dirname(file), name)));
}

function roomOf(file: string): string {
  return file.split('/')[1] ?? '';
}

function upward(file: string): readonly string[] {
  const from = roomOf(file);
  return (imports.get(file) ?? []).flatMap((target) => {
    const to = roomOf(target);
    if (!target.startsWith('src/') || to === from) return [];
    const [below, above] = [floorOf.get(to), floorOf.get(from)];
    if (below === undefined || above === undefined) return [`${file} imports ${target}: a room without a floor`];
    return below < above ? [] : [`${file} imports ${target}: not downwards`];
  });
}

/** Tarjan would name whole components; the first way back to where a walk began is enough to mend one. */
function circles(): readonly string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (file: string, trail: readonly string[]): void => {
    const seen = trail.indexOf(file);
    if (seen >= 0) found.push(`circle: ${[...trail.slice(seen), file].join(' → ')}`);
    if (seen >= 0 || done.has(file)) return;
    for (const target of imports.get(file) ?? []) if (imports.has(target)) walk(target, [...trail, file]);
    done.add(file);
  };
  for (const file of files) walk(file, []);
  return found;
}
