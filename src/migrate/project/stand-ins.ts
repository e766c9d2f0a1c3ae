/**
 * Packages that only mark where a file may be bundled, and throw when they are imported anywhere else. A schema file that imports one is still a
 * schema file.
 */
const MARKERS = ['server-only', 'client-only'];

let done = false;

/** Lets this process import them; once is enough. */
export function standIns(): void {
  if (done) return;
  done = true;
  Bun.plugin({
    name: 'hutch stand-ins',
    setup(build) {
      for (const name of MARKERS) build.module(name, () => ({ exports: {}, loader: 'object' }));
    },
  });
}
