import { resolve } from 'node:path';
import type { Config } from '../../config/index.ts';
import type { PgrstConfig } from '../../config/pgrst.ts';
import type { Driver } from '../../db/index.ts';
import { didYouMean, HutchError } from '../../errors/index.ts';
import { compileRolePath, withRole } from '../../rest/auth/role-path.ts';
import { isDialectError } from '../../rest/index.ts';
import { authentication, tokenSigner } from '../../server/application/rest.ts';
import { readPgrst } from '../../server/database/database-settings.ts';
import { developmentKeys, type Keys } from '../../server/project/keys.ts';
import { runningServer } from '../../server/project/state-file.ts';
import { withContext } from '../command-context.ts';
import type { Wanted } from './claims.ts';

export interface MadeToken {
  readonly token: string;
  readonly role: string;
  /** As the server hands them to SQL: `request.jwt.claims`. */
  readonly claims: string;
}

/**
 * A token that the project's server takes: signed with its key, for a role that its login may act as. It is what the server would make of
 * it, so what it would refuse ends here.
 * @throws HutchError `config_invalid_value` where nothing can sign, or the server would refuse what was signed
 */
export function makeToken(config: Config, wanted: Wanted, seconds: number): Promise<MadeToken> {
  return withContext(config, 'database', async ({ driver, production }) => {
    const database = await driver();
    const pgrst = await readPgrst(database, process.env);
    const isConfigured = (config.jwtSecret ?? pgrst.jwtSecret) !== undefined;
    const keys = isConfigured || production ? undefined : await developmentKeys(resolve(config.project));
    const sign = tokenSigner(config, pgrst, keys);
    if (sign === undefined) throw nothingSigns(config, isConfigured);
    const token = await sign(withRoleOf(wanted, pgrst), seconds);
    const { role, claims } = await readAsTheServer(config, pgrst, keys, token);
    await checkRole(database, role);
    await askServer(config, token);
    return { token, role, claims };
  });
}

function nothingSigns({ jwksUrl }: Config, hasPublicKeys: boolean): HutchError {
  const provider = 'Tokens come from whoever has the private key, such as your identity provider';
  if (hasPublicKeys) return cannotSign('JWT_SECRET has public keys only, which can verify but not sign', provider);
  if (jwksUrl !== undefined)
    return cannotSign('JWKS_URL has public keys only, which can verify but not sign', provider);
  return cannotSign(
    'There is no secret to sign with',
    'In production it has to be told: set JWT_SECRET to the one that the server verifies with',
  );
}

const cannotSign = (message: string, hint: string) =>
  new HutchError('config_invalid_value', { message, hint, field: 'JWT_SECRET' });

/** Who is signed in is `authenticated`, unless the claims say otherwise. */
function withRoleOf({ role, claims }: Wanted, { jwtRoleClaimKey: path }: PgrstConfig) {
  if (role === undefined && compileRolePath(path)(claims) !== undefined) return claims;
  const placed = withRole(claims, path, role ?? 'authenticated');
  if (placed !== undefined) return placed;
  throw new HutchError('config_invalid_value', {
    message: `A role cannot be put at ${path} by a flag`,
    hint: 'Write it there in the JSON of the claims',
    field: 'PGRST_JWT_ROLE_CLAIM_KEY',
  });
}

async function readAsTheServer(config: Config, pgrst: PgrstConfig, keys: Keys | undefined, token: string) {
  const authenticate = authentication({ ...config, jwksUrl: undefined }, pgrst, null, keys);
  try {
    return await authenticate(new Headers({ authorization: `Bearer ${token}` }));
  } catch (error) {
    if (!isDialectError(error)) throw error;
    throw new HutchError('config_invalid_value', { message: `The server would refuse this token: ${error.message}` });
  }
}

const ROLES = `SELECT rolname, pg_has_role(current_user, oid,
  CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)
FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY rolname`;

/** @throws HutchError `config_invalid_value` */
async function checkRole(driver: Driver, role: string): Promise<void> {
  const { rows } = await driver.query({ text: ROLES, params: [], prepare: false });
  const found = rows.find(([name]) => name === role);
  if (found?.[1] === 't') return;
  const reachable = rows.flatMap(([name, may]) => (may === 't' ? [name ?? ''] : []));
  const message = found ? `The server may not act as ${role}` : `There is no role ${role}`;
  const hint = didYouMean(role, reachable) ?? `The server may act as ${reachable.join(', ')}`;
  throw new HutchError('config_invalid_value', { message, hint, field: '--role' });
}

/** A server that runs may have been started with another secret, or without one. */
async function askServer(config: Config, token: string): Promise<void> {
  const server = await runningServer(resolve(config.project));
  if (server === undefined) return;
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${server.http}/rest/v1/`, { method: 'HEAD', headers }).catch(() => undefined);
  const [, why] = /(PGRST30[01])/.exec(answer?.headers.get('proxy-status') ?? '') ?? [];
  if (why === undefined) return;
  const started = why === 'PGRST300' ? 'without a secret' : 'with another secret';
  throw new HutchError('config_invalid_value', {
    message: `The server at ${server.http} does not take this token: it was started ${started}`,
    hint: 'Start it with the JWT_SECRET that this command has',
    field: 'JWT_SECRET',
  });
}
