import { dlopen, FFIType } from 'bun:ffi';

/**
 * `flock(2)`: a lock on an open file that the kernel lets go when its process dies, however it dies. Node and Bun have no call
 * for it.
 */

const LOCK_SHARED = 1;
const LOCK_EXCLUSIVE = 2;
const LOCK_NOWAIT = 4;

/** The C library by system; on Linux glibc's name first, then musl's. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  darwin: ['libSystem.B.dylib'],
  linux: ['libc.so.6', `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`],
};

type Flock = (descriptor: number, operation: number) => number;

let flock: Flock | undefined;

function load(): Flock {
  for (const name of LIBRARIES[process.platform] ?? ['libc.so']) {
    try {
      return dlopen(name, { flock: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 } }).symbols.flock;
    } catch {
      // The next name may be this system's.
    }
  }
  throw new Error(`can't lock files on ${process.platform}: no C library was found to do it with`);
}

/** Takes a lock on an open file; false where somebody else holds one that excludes it. It goes when the file is closed. */
export function tryLock(descriptor: number, mode: 'shared' | 'exclusive'): boolean {
  flock ??= load();
  return flock(descriptor, (mode === 'shared' ? LOCK_SHARED : LOCK_EXCLUSIVE) | LOCK_NOWAIT) === 0;
}
