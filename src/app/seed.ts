import type { SeedContext } from '../migrate/index.ts';
import { fillHelpDesk } from './seed/help-desk.ts';

/** The demo's seed: `hutch dev` runs it on a new database, `hutch db seed` on one that has not had it. */
export default async function seed({ tx }: SeedContext): Promise<void> {
  await fillHelpDesk(tx);
}

/** `hutch db seed --tickets 1000000`: as many tickets as one likes. */
export { seedTickets as load } from './seed/load.ts';
