import { CommanderError } from 'commander';
import { fail } from './failure.ts';
import { commandAt, usageError } from './options.ts';
import { buildProgram } from './program.ts';
import { terminal } from './terminal.ts';

const argv = process.argv.slice(2);
const program = await buildProgram(argv);
try {
  await program.parseAsync(argv, { from: 'user' });
} catch (error) {
  if (!(error instanceof CommanderError)) fail(error);
  if (error.exitCode === 0) process.exit(0); // --help and --version
  if (error.code === 'commander.help') showCommands();
  fail(usageError(error, argv, program));
}

/** `hutch` or `hutch migrate` alone: what could follow. */
function showCommands(): never {
  terminal.note(commandAt(program, argv).helpInformation().trimEnd());
  process.exit(2);
}
