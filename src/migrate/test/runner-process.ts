/** Applies a folder's migrations, in a process that the kill test ends at any moment: `bun runner-process.ts <engine> <target> <root>`. */
import { openPglite, openPostgres } from '../../db/index.ts';
import { up } from '../apply/up.ts';
import { readMigrations } from '../files/files.ts';

const [, , engine = '', target = '', out = ''] = process.argv;
const driver = engine === 'pglite' ? await openPglite({ dataDir: target }) : await openPostgres({ url: target });
const { migrations } = await readMigrations({ out });
process.stdout.write('started\n');
const { failure } = await up(driver, migrations);
await driver.close();
if (failure) process.stderr.write(`${failure.name}: ${failure.message}\n`);
process.exit(failure ? 1 : 0);
