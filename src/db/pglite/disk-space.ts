import { statfsSync } from 'node:fs';

/** An engine that starts writes a segment of its log, of 16 MB, and some more. */
const NEEDED_BYTES = 32 * 1_048_576;

type Measure = (folder: string) => { readonly bavail: number; readonly bsize: number };

export const DISK_FULL = 'the disk is full';

/** Says of a folder's disk that it is full, where it is: an engine that can't write says only that it failed. */
export function spaceLack(folder: string | undefined, measure: Measure = statfsSync): string {
  try {
    const { bavail, bsize } = measure(folder ?? '');
    const free = bavail * bsize;
    return free < NEEDED_BYTES ? `; ${DISK_FULL}: ${folder} has ${(free / 1_048_576).toFixed(1)} MB left` : '';
  } catch {
    return ''; // in memory, or not there yet
  }
}
