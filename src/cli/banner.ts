import type { Terminal } from './terminal.ts';

/** What a person wants to know once the server is ready. */
export interface Banner {
  readonly version: string;
  readonly http: string;
  readonly postgres: string | null;
  readonly studio: string | null;
  readonly drizzleStudio: string | null;
  /** `PGlite 18.6`, `Postgres 17.2 at db.example.com`. */
  readonly engine: string;
  readonly tables: number;
  readonly migrations: { readonly total: number; readonly applied: number };
  readonly seeded: boolean;
  /** The key for browsers, in development. */
  readonly anonKey: string | null;
  /** What is not as one would think, in sentences. */
  readonly notices: readonly string[];
  /** Milliseconds from the start of the process. */
  readonly readyIn: number;
}

/** One JSON line, for programs. */
export function bannerLine(banner: Banner): string {
  return JSON.stringify({ event: 'ready', ...banner, readyIn: Math.round(banner.readyIn) });
}

export function bannerText(banner: Banner, { style }: Terminal): string {
  const rows: readonly (readonly [string, string | null])[] = [
    ['API', `${banner.http}/rest/v1`],
    ['API page', `${banner.http}/docs`],
    ['Studio', banner.studio],
    ['Drizzle Studio', banner.drizzleStudio],
    ['Postgres', banner.postgres],
    ['API key', banner.anonKey],
  ];
  return [
    '',
    `  ${style(['bold', 'green'], 'hutch')} ${style('dim', banner.version)}  ready in ${style('bold', `${Math.round(banner.readyIn)} ms`)}`,
    '',
    ...rows.flatMap(([name, value]) =>
      value === null ? [] : [`  ${style('dim', name.padEnd(15))} ${style('cyan', value)}`],
    ),
    '',
    `  ${style('dim', 'Database'.padEnd(15))} ${banner.engine}, ${count(banner.tables, 'table')}, ${migrationsText(banner)}`,
    ...banner.notices.map((notice) => `  ${style('yellow', notice)}`),
    '',
  ].join('\n');
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

function migrationsText({ migrations, seeded }: Banner): string {
  const applied = migrations.applied > 0 ? ` (${migrations.applied} applied now${seeded ? ', seeded' : ''})` : '';
  return `${count(migrations.total, 'migration')}${applied}`;
}
