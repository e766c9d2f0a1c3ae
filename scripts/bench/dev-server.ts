import { HUTCH, hutchCommand } from './hutch.ts';
import { type Started, startProgram } from './running.ts';

/** `hutch dev` with the tables, in a process of its own. */
export interface DevServer extends Started {
  readonly postgres: string;
}

/** `settings`: what else is on, as environment variables. */
export async function startDev(settings: Readonly<Record<string, string>>): Promise<DevServer> {
  const env = { ...HUTCH, HUTCH_PG_PORT: '0', ...settings };
  const started = await startProgram({ command: hutchCommand(undefined), env, address: (line) => line });
  const { http, postgres } = JSON.parse(started.address) as { http: string; postgres: string }; // the banner's line
  return { ...started, address: http, postgres };
}
