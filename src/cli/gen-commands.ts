import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Config } from '../config/index.ts';
import { HutchError } from '../errors/index.ts';
import { withContext } from './command-context.ts';
import { configOf, withSettings } from './options.ts';
import { terminal } from './terminal.ts';

/** `hutch gen types` and `hutch gen openapi`: to a file, or to standard output; `hutch gen token` to standard output alone. */
export function addGenCommands(gen: Command): void {
  addToken(gen);
  for (const { name, summary, text } of documents) {
    withSettings(gen.command(name).description(summary), ['project', 'dataDir'])
      .option('--out <file>', 'writes it there instead of to standard output')
      .option('--schemas <names>', 'exposed schemas, with commas between (default: PGRST_DB_SCHEMAS, else public)')
      .action(async (options) => emit(await text(configOf(options), options.schemas), options.out));
  }
}

function addToken(gen: Command): void {
  withSettings(gen.command('token [claims]'), ['project', 'dataDir'])
    .description(
      'A signed token for the API, for development and scripts. Further claims may be given as a JSON object.',
    )
    .option('--role <name>', 'role of the database (default: authenticated)')
    .option('--sub <id>', 'who it is for')
    .option('--claim <name=value>', 'another claim, as text; may be given several times', several)
    .option('--expires <duration>', 'how long it is valid, such as 30m, 1h or 7d', '1h')
    .action(async (json: string | undefined, options) => {
      const { lifetime, wantedClaims } = await import('./gen/claims.ts');
      const wanted = wantedClaims(json, options);
      const seconds = lifetime(options.expires);
      const { makeToken } = await import('./gen/token.ts');
      const { token, role, claims } = await makeToken(configOf(options), wanted, seconds);
      if (process.stderr.isTTY) terminal.note(`For ${role}, valid for ${options.expires}: ${claims}`);
      terminal.print(token);
    });
}

const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const documents = [
  {
    name: 'types',
    summary: 'The Database type for @supabase/supabase-js.',
    async text(config: Config, schemas: string | undefined) {
      const { generateTypes } = await import('../rest/database-types/index.ts');
      return generateTypes(await catalogOf(config, schemas));
    },
  },
  {
    name: 'openapi',
    summary: 'The OpenAPI 3.1 document.',
    async text(config: Config, schemas: string | undefined) {
      const { openapi, visible } = await import('../rest/openapi/index.ts');
      const catalog = await catalogOf(config, schemas);
      const [schema = 'public'] = catalog.schemas.keys();
      return `${JSON.stringify(openapi(catalog, visible(catalog, schema), { serverUrl: '/rest/v1' }), null, 2)}\n`;
    },
  },
];

function catalogOf(config: Config, schemas: string | undefined) {
  return withContext(config, 'database', async ({ driver, project }) => {
    const { liveCatalog } = await import('../server/database/catalog.ts');
    const { readPgrst } = await import('../server/database/database-settings.ts');
    const { missingNames } = await import('../server/application/missing-names.ts');
    const { loadSchema } = await import('../migrate/index.ts');
    const pgrst = await readPgrst(await driver(), process.env);
    const named = schemas?.split(',').map((name) => name.trim()) ?? pgrst.schemas;
    const wanted = { driver: await driver(), pgrst: { ...pgrst, schemas: named, anonRole: undefined } };
    const [missing] = await missingNames(wanted, schemas && '--schemas');
    if (missing !== undefined) throw new HutchError('config_invalid_value', { message: missing, field: 'schemas' });
    const live = await liveCatalog(await driver(), await loadSchema(project), { ...pgrst, schemas: named });
    return live.current();
  });
}

async function emit(text: string, file: unknown): Promise<void> {
  if (typeof file !== 'string') return terminal.print(text.trimEnd());
  await writeFile(file, text);
  terminal.note(`Wrote ${file}`);
}
