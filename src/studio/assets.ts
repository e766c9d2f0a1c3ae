import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPage, fingerprint, type Manifest } from './build.ts';

/** Where an installed package has its page, built before it was packed. */
const packed = join(import.meta.dir, '../../dist/studio');
const cacheRoot = join(import.meta.dir, '../../node_modules/.cache/hutch-studio');

interface Asset {
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly gzip: Uint8Array<ArrayBuffer>;
}

interface Build {
  readonly key: string;
  readonly folder: string;
  readonly manifest: Manifest;
  readonly assets: Map<string, Promise<Asset>>;
}

let current: Promise<Build> | undefined;
let currentKey: string | undefined;

/** The page's parts. In a clone they are built when the source has changed since; in an installed package they are there. */
export async function studioBuild(): Promise<Build> {
  const installed = import.meta.dir.includes('/node_modules/');
  const key = installed ? 'packed' : fingerprint();
  if (current === undefined || key !== currentKey) {
    currentKey = key;
    current = installed ? load('packed', packed) : built(key);
    current.catch(() => {
      current = undefined; // the next request tries again
    });
  }
  return current;
}

async function built(key: string): Promise<Build> {
  const folder = join(cacheRoot, key);
  if (!existsSync(join(folder, 'manifest.json'))) await buildPage(folder);
  return load(key, folder);
}

async function load(key: string, folder: string): Promise<Build> {
  const manifest: Manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  return { key, folder, manifest, assets: new Map() };
}

/** An asset by its name; undefined where there is none. Names have hashes, so browsers keep them for good. */
export async function assetResponse(name: string, request: Request): Promise<Response | undefined> {
  const build = await studioBuild();
  if (!build.manifest.files.includes(name)) return undefined;
  const asset = build.assets.get(name) ?? read(join(build.folder, name));
  build.assets.set(name, asset);
  const { plain, gzip } = await asset;
  const compressed = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');
  const headers = new Headers({
    'Content-Type': name.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8',
    'Cache-Control': 'public, max-age=31536000, immutable',
    'X-Content-Type-Options': 'nosniff',
    Vary: 'Accept-Encoding',
  });
  if (compressed) headers.set('Content-Encoding', 'gzip');
  return new Response(compressed ? gzip : plain, { headers });
}

async function read(path: string): Promise<Asset> {
  const plain = new Uint8Array(await readFile(path));
  return { plain, gzip: Bun.gzipSync(plain, { level: 9 }) };
}
