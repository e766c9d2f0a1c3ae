import { Remembered } from './remembered.ts';
import type { MediaType, PlanOption } from './types.ts';

type Simple = Exclude<MediaType['kind'], 'object' | 'plan' | 'other'>;

const mimes: Readonly<Record<Simple, string>> = {
  json: 'application/json',
  geojson: 'application/geo+json',
  csv: 'text/csv',
  text: 'text/plain',
  xml: 'text/xml',
  openapi: 'application/openapi+json',
  form: 'application/x-www-form-urlencoded',
  octets: 'application/octet-stream',
  any: '*/*',
  'array-stripped': 'application/vnd.pgrst.array+json;nulls=stripped',
  ndjson: 'application/x-ndjson',
  'merge-patch': 'application/merge-patch+json',
  batch: 'application/vnd.hutch.batch+json',
};

const simple = Object.fromEntries(
  // Object.keys loses the key type that the record has.
  (Object.keys(mimes) as Simple[]).map((kind) => [kind, Object.freeze({ kind })]),
) as Readonly<Record<Simple, MediaType & { readonly kind: Simple }>>;

/** Names as they are compared, in lower case. Those with parameters of their own are read apart. */
const byName: ReadonlyMap<string, MediaType> = new Map([
  ...Object.values(simple)
    .filter((type) => type.kind !== 'array-stripped')
    .map((type) => [mimes[type.kind], type] as const),
  ['application/ndjson', simple.ndjson],
  ['application/jsonl', simple.ndjson],
]);

export const json: MediaType = simple.json;
export const any: MediaType = simple.any;

const planOptions: readonly PlanOption[] = ['analyze', 'verbose', 'settings', 'buffers', 'wal'];

/** Any text is a media type: what has no meaning of its own is `other`, as written. */
export function parseMediaType(text: string): MediaType {
  const quick = byName.get(text);
  return quick ?? interpreted.get(text);
}

const interpreted = new Remembered((text: string) => interpret(text, 0));

/** A plan is for another media type, which may be a plan; no deeper than this. */
const deepestPlan = 4;

function interpret(text: string, depth: number): MediaType {
  const tokens = tokenize(text);
  if (tokens === undefined) return { kind: 'other', mime: text };
  const { name, parameters } = tokens;
  switch (name) {
    case 'application/vnd.pgrst.object+json':
    case 'application/vnd.pgrst.object':
      return { kind: 'object', stripped: parameters.get('nulls') === 'stripped' };
    case 'application/vnd.pgrst.array+json':
    case 'application/vnd.pgrst.array':
      return parameters.get('nulls') === 'stripped' ? simple['array-stripped'] : simple.json;
    case 'application/vnd.pgrst.plan+json':
      return plan('json', parameters, depth);
    case 'application/vnd.pgrst.plan+text':
    case 'application/vnd.pgrst.plan':
      return plan('text', parameters, depth);
  }
  return byName.get(name) ?? { kind: 'other', mime: text };
}

function plan(format: 'json' | 'text', parameters: ReadonlyMap<string, string>, depth: number): MediaType {
  const target = depth < deepestPlan ? parameters.get('for') : undefined;
  const asked = (parameters.get('options') ?? '').split('|');
  const options = planOptions.filter((option) => asked.includes(option));
  return { kind: 'plan', of: target === undefined ? simple.json : interpret(target, depth + 1), format, options };
}

interface Tokens {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Type and subtype in lower case, parameters up to the first that is malformed; a later one of the same name holds. */
function tokenize(text: string): Tokens | undefined {
  const [name] = /^[\p{L}\p{N}.*]+\/[\p{L}\p{N}.*+-]+/u.exec(text) ?? [];
  if (name === undefined) return undefined;
  const parameter = /\s*;\s*([\p{L}\p{N}-]+)\s*=\s*(?:"([^"]*)"|([\p{L}\p{N}|-]+))/uy;
  parameter.lastIndex = name.length;
  const parameters = new Map<string, string>();
  for (let match = parameter.exec(text); match !== null; match = parameter.exec(text))
    parameters.set((match[1] ?? '').toLowerCase(), match[2] ?? match[3] ?? '');
  return { name: name.toLowerCase(), parameters };
}

/** As it is written in `Content-Type` and errors, without a character set. */
export function mimeOf(type: MediaType): string {
  switch (type.kind) {
    case 'object':
      return `application/vnd.pgrst.object+json${type.stripped ? ';nulls=stripped' : ''}`;
    case 'plan':
      return `application/vnd.pgrst.plan+${type.format}; for="${mimeOf(type.of)}"${optionsOf(type.options)}`;
    case 'other':
      return type.mime;
    default:
      return mimes[type.kind];
  }
}

const optionsOf = (options: readonly PlanOption[]): string =>
  options.length === 0 ? '' : `; options=${options.join('|')}`;

/** The `Content-Type` header: all but bytes and custom types say their character set. */
export function contentTypeOf(type: MediaType): string {
  return type.kind === 'octets' || type.kind === 'other' ? mimeOf(type) : `${mimeOf(type)}; charset=utf-8`;
}
