/** Writes docs/settings.md from the tables of settings. Run after a change of them; a test compares. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsPage } from '../src/config/help.ts';

writeFileSync(join(import.meta.dir, '..', 'docs', 'settings.md'), settingsPage());
