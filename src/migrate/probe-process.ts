/** Runs in a process of its own: loads a project and says in one line what came of it. See `probe.ts`. */
import { isHutchError } from '../errors/index.ts';
import { PROBE_MARK, type Probe } from './probe.ts';
import { loadProject, type Project } from './project.ts';
import { loadSchema } from './schema.ts';

/** Set or not, these are asked for by libraries, not by the project. */
const COMMON =
  /^(NODE_|BUN_|npm_|FORCE_COLOR|NO_COLOR|CI$|TERM|COLORTERM|DEBUG|HUTCH_|DRIZZLE_|VERCEL|NEXT_|JEST_|VITEST|TEST_|PG|TZ$)/;
const missing = new Set<string>();
process.env = new Proxy(process.env, {
  get(target, name) {
    if (typeof name === 'string' && target[name] === undefined && /^[A-Z]/.test(name) && !COMMON.test(name))
      missing.add(name);
    return typeof name === 'string' ? target[name] : undefined;
  },
});

function tell(probe: Probe): void {
  process.stdout.write(`\n${PROBE_MARK}${JSON.stringify(probe)}\n`);
}

function failed(stage: 'config' | 'schema', error: unknown): Probe {
  const message = isHutchError(error) ? (error.details ?? error.message) : String(error);
  return { ok: false, stage, message, hint: isHutchError(error) ? error.hint : null, missing: [...missing] };
}

async function probe(dir: string, config: string): Promise<Probe> {
  let project: Project;
  try {
    project = await loadProject(dir, config === '' ? {} : { config });
  } catch (error) {
    return failed('config', error);
  }
  try {
    return { ok: true, project, exports: Object.keys(await loadSchema(project)) };
  } catch (error) {
    return failed('schema', error);
  }
}

const [, , dir = '.', config = ''] = process.argv;
tell(await probe(dir, config));
// Schema files may have opened connections, which would keep the process alive.
process.exit(0);
