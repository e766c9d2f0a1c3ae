/** Runs in a process of its own: loads a project and says in one line what came of it. See `probe.ts`. */
import { isHutchError } from '../../errors/index.ts';
import { PROBE_MARK, type ProbeEnd, type ProbeStage } from './probe.ts';
import { watchEnvironment } from './probe-environment.ts';
import { loadProject, type Project } from './project.ts';
import { loadSchema } from './schema.ts';
import { standIns } from './stand-ins.ts';

const [, , dir = '.', config = '', inherited = '[]'] = process.argv;
const before = new Set<unknown>([...JSON.parse(inherited), 'HUTCH_PROBE']);
const own = process.env;
const watched = watchEnvironment(own, dir);
process.env = watched.environment;
standIns();

/** On every way out, also where a file ends the process. */
const ENDED = 'It ended the process with code ';
let end: ProbeEnd = { ok: false, stage: 'config', message: ENDED, hint: null };
process.on('exit', (code) => {
  const environment = {
    ...watched.given(),
    ...Object.fromEntries(Object.entries(own).filter(([name, value]) => value !== undefined && !before.has(name))),
  };
  if (!end.ok && end.message === ENDED) end = { ...end, message: `${ENDED}${code}.` };
  const probe = { ...end, missing: watched.missing(), environment };
  process.stdout.write(`\n${PROBE_MARK}${JSON.stringify(probe)}\n`);
});

function failed(stage: ProbeStage, error: unknown, project?: Project): ProbeEnd {
  const message = isHutchError(error) ? (error.details ?? error.message) : String(error);
  return { ok: false, stage, message, hint: isHutchError(error) ? error.hint : null, ...(project && { project }) };
}

async function probe(): Promise<ProbeEnd> {
  let project: Project;
  try {
    project = await loadProject(dir, { ...(config !== '' && { config }), lenient: true });
  } catch (error) {
    return failed('config', error);
  }
  end = { ok: false, stage: 'schema', message: ENDED, hint: null, project };
  try {
    return { ok: true, project, exports: Object.keys(await loadSchema(project)) };
  } catch (error) {
    return failed('schema', error, project);
  }
}

end = await probe();
// Schema files may have opened connections, which would keep the process alive.
process.exit(0);
