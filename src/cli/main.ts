#!/usr/bin/env bun
import { compiledEngine } from '../db/pglite/compiled.ts';

/** `dev` opens the embedded engine unless a server is named: it is compiled, in other threads, while the command line is still being loaded. */
const { DATABASE_URL, PGHOST, PGRST_DB_URI } = process.env;
if (process.argv[2] === 'dev' && !(DATABASE_URL || PGHOST || PGRST_DB_URI)) compiledEngine().catch(() => {});

await import('./run.ts');
