/** PostGraphile with its default preset, served by grafserv on Node's server. Role and claims as its documentation sets them: in `pgSettings`. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { jwtVerify } from 'jose';

/** What of the packages is used; they are not among our dependencies. */
interface Instance {
  createServ(grafserv: unknown): { addTo(server: Server): Promise<unknown> };
}
interface RequestContext {
  readonly node?: { readonly req: IncomingMessage };
}

const folder = process.env.FOLDER ?? '';
const load = <T>(name: string): Promise<T> => import(Bun.resolveSync(name, folder));
const key = new TextEncoder().encode(process.env.SECRET);

async function actor({ node }: RequestContext) {
  if (process.env.CALLER === 'plain') return {};
  const token = node?.req.headers.authorization?.slice('Bearer '.length);
  const { role = 'anon', ...claims } = token === undefined ? {} : (await jwtVerify(token, key)).payload;
  return { pgSettings: { role: String(role), 'request.jwt.claims': JSON.stringify({ ...claims, role }) } };
}

const { postgraphile } = await load<{ postgraphile(preset: object): Instance }>('postgraphile');
const { PostGraphileAmberPreset } = await load<{ PostGraphileAmberPreset: object }>('postgraphile/presets/amber');
const { makePgService } = await load<{ makePgService(options: object): object }>('postgraphile/adaptors/pg');
const { grafserv } = await load<{ grafserv: unknown }>('postgraphile/grafserv/node');

const serv = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      connectionString: process.env.DATABASE_URL,
      schemas: ['public'],
      poolConfig: { max: Number(process.env.POOL ?? 10) },
    }),
  ],
  grafserv: { graphiql: false, watch: false },
  grafast: { context: actor },
}).createServ(grafserv);

const server = createServer();
await serv.addTo(server);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});
