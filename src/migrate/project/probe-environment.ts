/** What a foreign project's files find in the environment while they are probed: what they lack is noted, with the place that asked. */
import { relative } from 'node:path';

/** An environment variable that was asked for and is not set. */
export interface MissingVariable {
  readonly name: string;
  /** `src/env.ts:12`: the line that asked first; null where it can't be told. */
  readonly at: string | null;
}

export interface WatchedEnvironment {
  readonly environment: NodeJS.ProcessEnv;
  missing(): readonly MissingVariable[];
  /** What they were given and nobody had set. */
  given(): Readonly<Record<string, string>>;
}

/** Set or not, these are asked for by libraries, not by the project. */
const COMMON =
  /^(NODE_|BUN_|npm_|FORCE_COLOR|NO_COLOR|CI$|TERM|COLORTERM|DEBUG|HUTCH_|DOTENV_|DRIZZLE_|VERCEL|NEXT_|JEST_|VITEST|TEST_|PG|TZ$)/;

/** Names under which projects keep the address of their Postgres, which here is Hutch itself. */
const ADDRESS =
  /^(?:\w*_)?(?:DATABASE|POSTGRES(?:QL)?|PG|DB|NEON|SUPABASE)(?:_\w+)?_(?:URL|URI|DSN|CONNECTION_STRING)$/;

/** Names of the switch with which `@t3-oss/env` projects skip the check of their variables. */
const SKIP_CHECK = /^SKIP_(?:ENV_)?VALIDATION$|^SKIP_ENV_CHECK$/;

/** Nothing need listen there: configs want the address, and Hutch does not use it. */
const OWN_ADDRESS = 'postgres://postgres@127.0.0.1:54322/postgres';

/** An environment that gives the address of the database where none is set, and notes what else is asked for in vain. */
export function watchEnvironment(environment: NodeJS.ProcessEnv, root: string): WatchedEnvironment {
  const missing = new Map<string, MissingVariable>();
  const given: Record<string, string> = {};
  const watched = new Proxy(environment, {
    // Left to the proxy it would be defined anew, which the environment refuses.
    set: (target, name, value) => Reflect.set(target, name, value),
    get(target, name) {
      if (typeof name !== 'string') return undefined;
      if (target[name] !== undefined || !/^[A-Z]/.test(name)) return target[name];
      const gift = giftFor(name);
      if (gift !== undefined) {
        given[name] = gift;
        return gift;
      }
      if (!COMMON.test(name) && !missing.has(name)) missing.set(name, { name, at: placeOfReader(root) });
      return undefined;
    },
  });
  return {
    environment: watched,
    missing: () => [...missing.values()].filter(({ name }) => environment[name] === undefined),
    given: () => given,
  };
}

function giftFor(name: string): string | undefined {
  if (ADDRESS.test(name)) return OWN_ADDRESS;
  return SKIP_CHECK.test(name) ? '1' : undefined;
}

/** The innermost line of the project's own on the stack. */
function placeOfReader(root: string): string | null {
  const lines = new Error().stack?.split('\n') ?? [];
  const places = lines.flatMap(
    (line) => /\(?((?:file:\/\/)?\/[^()]+):(\d+):\d+\)?$/.exec(line.trim())?.slice(1, 3) ?? [],
  );
  for (let index = 0; index < places.length; index += 2) {
    const file = places[index]?.replace('file://', '') ?? '';
    if (!file.includes('/node_modules/') && !file.startsWith(import.meta.dir)) {
      return `${relative(root, file)}:${places[index + 1]}`;
    }
  }
  return null;
}

/** `STRIPE_KEY (src/env.ts:12)` */
export const describeMissing = ({ name, at }: MissingVariable): string => (at === null ? name : `${name} (${at})`);
