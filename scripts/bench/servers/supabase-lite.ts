/** Supabase Lite as its documentation embeds it in Bun, over the database of `DATABASE_URL`, else over PGlite with the tables. */
import { DATASET } from '../dataset.ts';

/** What of the package is used; it is not among our dependencies. */
interface Lite {
  readonly App: new (options: object) => { fetch(request: Request): Response | Promise<Response> };
}
interface LitePostgres {
  createPostgresConnection(options: { url: string; postgresOptions: { max: number } }): object;
}
interface LitePglite {
  createPgliteConnection(): Promise<{ readonly driver: { exec(sql: string): Promise<unknown> } }>;
}

const folder = process.env.FOLDER ?? '';
const load = <T>(name: string): Promise<T> => import(Bun.resolveSync(name, folder));

async function connect(): Promise<object> {
  const url = process.env.DATABASE_URL;
  if (url !== undefined) {
    const { createPostgresConnection } = await load<LitePostgres>('@supabase/lite/postgres');
    return createPostgresConnection({ url, postgresOptions: { max: Number(process.env.POOL ?? 10) } });
  }
  const { createPgliteConnection } = await load<LitePglite>('@supabase/lite/pglite');
  const connection = await createPgliteConnection();
  await connection.driver.exec(DATASET);
  return connection;
}

const { App } = await load<Lite>('@supabase/lite');
const app = new App({
  connection: await connect(),
  auth: { enabled: true, jwt_secret: process.env.SECRET },
  options: { server: { apiKeys: false } },
});
const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => app.fetch(request) });
process.stdout.write(`${server.url.origin}\n`);
