import { fsyncSync } from 'node:fs';
import { PGlite, type postgresMod } from '@electric-sql/pglite';
import { EmscriptenBuiltinFilesystem } from '@electric-sql/pglite/basefs';
import { readTar } from './tar.ts';

type Module = postgresMod.PostgresMod;

/** What is used of Emscripten's file system; PGlite's types leave it open. */
interface EmscriptenFiles {
  mkdirTree(path: string): void;
  mount(filesystem: unknown, options: { readonly root: string }, path: string): void;
  writeFile(path: string, bytes: Uint8Array, options: { readonly canOwn: boolean }): void;
}

interface NodeFilesystem {
  readonly stream_ops: { fsync?: (stream: { readonly nfd: number }) => number };
}

interface Emscripten {
  readonly FS: EmscriptenFiles;
  readonly NODEFS: NodeFilesystem;
}

/** A filesystem for PGlite that is set up by one function before the engine's `main`. */
abstract class PreparedFilesystem extends EmscriptenBuiltinFilesystem {
  override async init(pg: PGlite, options: Partial<Module>): Promise<{ emscriptenOpts: Partial<Module> }> {
    this.pg = pg;
    const preRun = [...(options.preRun ?? []), (module: Module) => this.prepare(module as unknown as Emscripten)];
    return { emscriptenOpts: { ...options, preRun } };
  }

  protected abstract prepare(module: Emscripten): void;
}

/** A data folder on disk. With `fsync`, Postgres's own fsync calls reach the disk, which Emscripten's NODEFS leaves out. */
export class FolderFilesystem extends PreparedFilesystem {
  constructor(
    private readonly root: string,
    private readonly fsync: boolean,
  ) {
    super(root);
  }

  protected prepare({ FS: files, NODEFS }: Emscripten): void {
    if (this.fsync) {
      NODEFS.stream_ops.fsync = (stream) => {
        fsyncSync(stream.nfd);
        return 0;
      };
    }
    files.mkdirTree(PGlite.paths.PGDATA);
    files.mount(NODEFS, { root: this.root }, PGlite.paths.PGDATA);
  }
}

/** A data folder in memory, with the files of an archive in it. The archive's memory is used as it is, and written to. */
export class MemoryFilesystem extends PreparedFilesystem {
  constructor(private readonly archive: Uint8Array) {
    super();
  }

  protected prepare({ FS: files }: Emscripten): void {
    const root = PGlite.paths.PGDATA;
    files.mkdirTree(root);
    for (const entry of readTar(this.archive)) {
      if (entry.folder) files.mkdirTree(`${root}/${entry.name}`);
      else files.writeFile(`${root}/${entry.name}`, entry.bytes, { canOwn: true });
    }
  }
}
