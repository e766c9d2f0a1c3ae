import { dirname } from 'node:path';
import { findConfig, type Project } from './project.ts';

/** What became of loading a stranger's config and schema in a process of its own. */
export type Probe =
  | { readonly ok: true; readonly project: Project; readonly exports: readonly string[] }
  | {
      readonly ok: false;
      /** `config` or `schema`: what could not be loaded. */
      readonly stage: 'config' | 'schema';
      readonly message: string;
      readonly hint: string | null;
      /** Environment variables that were read and not set: often the reason. */
      readonly missing: readonly string[];
    };

const PROBE_LIMIT_MS = 30_000;
export const PROBE_MARK = '\u0001hutch-probe ';

/**
 * Loads a project's config and schema files in a process of its own: they may throw, end the process, hang, or need environment variables.
 * Where it is ok, `loadProject` and `loadSchema` will do in this process too.
 */
export async function probeProject(dir: string, options: { readonly config?: string } = {}): Promise<Probe> {
  const script = new URL('./probe-process.ts', import.meta.url).pathname;
  const child = Bun.spawn([process.execPath, script, dir, options.config ?? ''], {
    cwd: dirname(findConfig(dir) ?? `${dir}/.`),
    env: { ...process.env, HUTCH_PROBE: '1' },
    stdout: 'pipe',
    stderr: 'pipe',
    stdin: 'ignore',
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), PROBE_LIMIT_MS);
  const [output, complaint, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  clearTimeout(timer);
  const line = output.split('\n').findLast((it) => it.startsWith(PROBE_MARK));
  if (line !== undefined) {
    // The child below writes exactly this shape.
    const probe: Probe = JSON.parse(line.slice(PROBE_MARK.length));
    return probe;
  }
  const last = complaint.trim().split('\n').at(-1) ?? '';
  const message =
    child.signalCode === null
      ? `It ended the process with code ${code}. ${last}`.trim()
      : `It took more than ${PROBE_LIMIT_MS / 1000} s.`;
  return { ok: false, stage: 'schema', message, hint: null, missing: missingIn(complaint) };
}

/** Names that a complaint mentions and the environment lacks. */
const missingIn = (text: string): readonly string[] => [
  ...new Set(
    [...text.matchAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g)]
      .map(([name]) => name)
      .filter((it) => process.env[it] === undefined),
  ),
];
