import { DatabaseError, type Lease, literal } from '../../db/index.ts';
import { CODES } from '../failure.ts';
import { ENGINE_USER } from '../session/session.ts';
import { runSql } from '../session/sql.ts';
import { type StartupSetting, startupSettings } from './startup-settings.ts';

/** Who a client says it is, and the settings that its session begins with. */
export interface Admission {
  readonly user: string;
  readonly settings: readonly StartupSetting[];
}

/**
 * Decides whether a client may come in, as Postgres does: its role must exist and be allowed to log in, the database must be the one
 * that is served. Throws DatabaseError with Postgres's own code.
 */
export async function admit(lease: Lease, parameters: ReadonlyMap<string, string>): Promise<Admission> {
  const user = parameters.get('user') ?? '';
  const database = parameters.get('database') || user;
  if (user === '')
    throw new DatabaseError('no PostgreSQL user name specified in startup packet', CODES.invalidAuthorization);
  const [row] = await runSql(lease, [admissionQuery(user)]);
  const [served = '', login, configured] = row ?? [];
  if (login === null) throw refusedRole(`role "${user}" does not exist`);
  if (login !== 't') throw refusedRole(`role "${user}" is not permitted to log in`);
  if (database !== served) throw refusedDatabase(database, served ?? '');
  const own = user === ENGINE_USER ? [] : readConfigured(configured ?? null);
  return { user, settings: [...own, ...settingsOf(parameters)] };
}

const admissionQuery = (user: string): string => `SELECT pg_catalog.current_database(),
  (SELECT rolcanlogin FROM pg_catalog.pg_roles WHERE rolname = ${literal(user)}),
  (SELECT pg_catalog.json_agg(c) FROM pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) c
    WHERE s.setrole = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ${literal(user)}))`;

/** What `ALTER ROLE … SET` has laid down for the role: Postgres applies it at login. */
function readConfigured(json: string | null): StartupSetting[] {
  const entries: unknown = JSON.parse(json ?? '[]');
  if (!Array.isArray(entries)) return [];
  return entries.map((entry) => {
    const text = String(entry);
    const equals = text.indexOf('=');
    return { name: text.slice(0, equals), value: text.slice(equals + 1) };
  });
}

function settingsOf(parameters: ReadonlyMap<string, string>): readonly StartupSetting[] {
  try {
    return startupSettings(parameters);
  } catch (error) {
    throw new DatabaseError(error instanceof Error ? error.message : String(error), '42601');
  }
}

const refusedRole = (message: string): DatabaseError =>
  new DatabaseError(message, CODES.invalidAuthorization, {
    hint: `The embedded Postgres is reached as the user "${ENGINE_USER}".`,
  });

const refusedDatabase = (asked: string, served: string): DatabaseError =>
  new DatabaseError(`database "${asked}" does not exist`, CODES.undefinedDatabase, {
    hint: `This port serves the one database "${served}".`,
  });
