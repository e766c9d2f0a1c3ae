import { HOUSE, labelled } from '../../db/index.ts';
import { applyObjects, type LiveEvent, liveSchema, loadSchema } from '../../migrate/index.ts';
import type { Context } from '../application/prepare.ts';
import { settleDevelopment } from '../database/development.ts';
import { projectObjects, waitsText } from '../database/migrations.ts';

/**
 * Follows the schema files while `dev` runs: each save brings the database up to them where that is safe, then the triggers and
 * grants, then the catalog that requests are planned against. What loses data is held back and said. Returns the way to stop.
 */
export function followSchema(context: Context, forget: (files: readonly string[]) => void): () => Promise<void> {
  const { loaded, log } = context;
  const driver = labelled(context.driver, HOUSE);
  const { project } = loaded;
  if (project === undefined || project.schemaFiles.length === 0) return async () => {};
  const refresh = async () => {
    forget(project.schemaFiles);
    const schema = await loadSchema(project);
    await applyObjects(driver, await projectObjects({ ...loaded, schema }), { ledger: project.ledger });
    await settleDevelopment(driver, schema);
    await context.catalog.reread(schema);
  };
  const onEvent = (event: LiveEvent) => {
    tell(event, log);
    if (event.type === 'applied' || event.type === 'unchanged') {
      refresh().catch((error: unknown) => log.error({ err: error }, 'the changed schema failed'));
    }
  };
  const live = liveSchema({ project, driver, onEvent });
  return () => live.stop();
}

function tell(event: LiveEvent, log: Context['log']): void {
  if (event.type === 'applied') {
    log.info(`schema changed in ${Math.round(event.tookMs)} ms; not yet in a migration (hutch migrate generate):`);
    for (const statement of event.statements) log.info(`  ${statement}`);
  }
  if (event.type === 'held') log.warn(waitsText(event.details));
  if (event.type === 'broken') log.error(`${event.message}: the database stays as it was`);
}
