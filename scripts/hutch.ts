/** `hutch` from a clone of this repository: installs what is missing, then runs the command line in the same process. */
import { ensureInstalled } from './install.ts';

ensureInstalled();
await import('../src/cli/main.ts');
