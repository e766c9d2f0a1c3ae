import { HutchError } from '../../errors/index.ts';

/** How many ports are tried above the wanted one. */
const ATTEMPTS = 20;

/**
 * Opens something on a port, or on the next free one above it. Port 0 lets the system choose.
 * @throws HutchError `port_in_use`
 */
export function onPort<T>(port: number, nextFree: boolean, field: string, open: (port: number) => T): T {
  const last = nextFree && port !== 0 ? Math.min(port + ATTEMPTS, 65_535) : port;
  for (let candidate = port; candidate <= last; candidate++) {
    try {
      return open(candidate);
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
  }
  throw new HutchError('port_in_use', {
    details: last > port ? `${port} to ${last}` : String(port),
    hint: `Stop what uses it, or choose another with --${field}; 0 picks a free one`,
    field,
  });
}

const isBusy = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
