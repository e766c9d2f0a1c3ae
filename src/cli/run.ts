import { CommanderError } from 'commander';
import { fail } from './failure.ts';
import { usageError } from './options.ts';
import { buildProgram } from './program.ts';

const argv = process.argv.slice(2);
const program = await buildProgram(argv);
try {
  await program.parseAsync(argv, { from: 'user' });
} catch (error) {
  if (!(error instanceof CommanderError)) fail(error);
  if (error.exitCode === 0) process.exit(0); // --help and --version
  fail(usageError(error, argv, program));
}
