import { existsSync } from 'node:fs';
import { HutchError } from '../../errors/index.ts';
import { describeMissing, type MissingVariable } from './probe-environment.ts';
import type { Project } from './project.ts';

export type ProbeStage = 'config' | 'schema';

/** What the process itself tells. */
export type ProbeEnd =
  | { readonly ok: true; readonly project: Project; readonly exports: readonly string[] }
  | {
      readonly ok: false;
      /** What could not be loaded. */
      readonly stage: ProbeStage;
      readonly message: string;
      readonly hint: string | null;
      /** What the config says, where only the schema could not be loaded. */
      readonly project?: Project;
    };

/** What became of loading a foreign project's config and schema in a process of its own. */
export type Probe = ProbeEnd & {
  /** Environment variables that were read and not set: often the reason. */
  readonly missing: readonly MissingVariable[];
  /** What the process has to have in its environment so that the same loads in it: from `.env` files, and what nobody had set. */
  readonly environment: Readonly<Record<string, string>>;
};

export type FailedProbe = Extract<Probe, { ok: false }>;

const PROBE_LIMIT_MS = 30_000;
export const PROBE_MARK = '\u0001hutch-probe ';

/**
 * Loads a project's config and schema files in a process of its own, in the project's folder: they may throw, end the process, hang, or need
 * environment variables. Variables for the address of a database have Hutch's where nobody set them.
 * Where it is ok, `loadProject` and `loadSchema` will do in this process too.
 */
export async function probeProject(dir: string, options: { readonly config?: string } = {}): Promise<Probe> {
  const script = new URL('./probe-process.ts', import.meta.url).pathname;
  const inherited = JSON.stringify(Object.keys(process.env));
  const child = Bun.spawn([process.execPath, script, dir, options.config ?? '', inherited], {
    cwd: existsSync(dir) ? dir : undefined,
    env: { ...process.env, HUTCH_PROBE: '1' },
    stdout: 'pipe',
    stderr: 'pipe',
    stdin: 'ignore',
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, PROBE_LIMIT_MS);
  const [output, complaint] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  clearTimeout(timer);
  const line = output.split('\n').findLast((it) => it.startsWith(PROBE_MARK));
  if (line === undefined) return silent(late, complaint);
  // The process writes exactly this shape.
  const probe: Probe = JSON.parse(line.slice(PROBE_MARK.length));
  return probe.ok || complaint.trim() === '' ? probe : { ...probe, message: withLastLine(probe.message, complaint) };
}

function silent(late: boolean, complaint: string): Probe {
  const message = late ? `It took more than ${PROBE_LIMIT_MS / 1000} s.` : withLastLine('It crashed.', complaint);
  return { ok: false, stage: 'config', message, hint: null, missing: [], environment: {} };
}

/** A file that ends the process has often said why before. */
function withLastLine(message: string, complaint: string): string {
  const last = complaint.trim().split('\n').at(-1)?.trim() ?? '';
  return /ended the process|crashed/.test(message) && last !== '' ? `${message} It said: ${last}` : message;
}

/** The error that a failed probe is. */
export function probeError(probe: FailedProbe): HutchError {
  return new HutchError(probe.stage === 'config' ? 'migrate_config_invalid' : 'migrate_schema_failed', {
    details: probe.message,
    hint: probe.hint ?? missingHint(probe),
  });
}

/** The reason is rarely among later ones. */
const MOST_NAMED = 6;

/** What to set, or null where nothing was missed. */
export function missingHint({ missing }: Pick<Probe, 'missing'>): string | null {
  if (missing.length === 0) return null;
  const named = missing.slice(0, MOST_NAMED).map(describeMissing).join(', ');
  const more = missing.length > MOST_NAMED ? ` and ${missing.length - MOST_NAMED} more` : '';
  return `Asked for, and not set: ${named}${more}. Set what it needs in .env or before the command.`;
}
