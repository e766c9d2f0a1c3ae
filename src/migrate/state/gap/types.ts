import { identifier, literal } from '../../../db/quoting.ts';
import type { DomainEntity, EnumEntity, SequenceEntity, SequenceOptions } from '../entities.ts';
import { same } from '../keyed.ts';
import { type Step, step } from '../steps.ts';
import type { Decisions } from './decide.ts';

const OLD_SUFFIX = '__hutch_old';

/** Schemas, extensions, roles, types and free sequences, before the tables that use them. */
export function prepareGround({ from, to, rebuiltEnums }: Decisions): readonly Step[] {
  const missing = <T>(list: ReadonlyMap<string, T>, other: ReadonlyMap<string, T>) =>
    [...list].filter(([key]) => !other.has(key));
  return [
    ...missing(to.roles, from.roles).map(([key, it]) => step(`CREATE ROLE ${key} ${it.attributes}`.trim())),
    ...missing(to.schemas, from.schemas).map(([key]) => step(`CREATE SCHEMA ${key}`)),
    ...missing(to.extensions, from.extensions).map(([key, it]) =>
      step(`CREATE EXTENSION ${key} SCHEMA ${identifier(it.schema)}`),
    ),
    ...missing(to.enums, from.enums).map(([key, it]) => step(createEnum(key, it.labels))),
    ...[...to.enums].flatMap(([key, it]) => addLabels(key, from.enums.get(key), it, rebuiltEnums)),
    ...[...rebuiltEnums].flatMap((key) => beginRebuild(key, from.enums.get(key), to.enums.get(key))),
    ...missing(to.composites, from.composites).map(([key, it]) =>
      step(`CREATE TYPE ${key} AS (${it.attributes.map((a) => `${identifier(a.name)} ${a.type}`).join(', ')})`),
    ),
    ...missing(to.domains, from.domains).map(([key, it]) => step(createDomain(key, it))),
    ...[...to.domains].flatMap(([key, it]) => alterDomain(key, from.domains.get(key), it)),
    ...missing(to.sequences, from.sequences).map(([key, it]) =>
      step(`CREATE SEQUENCE ${key} AS ${it.type} ${sequenceOptions(it)}`),
    ),
    ...[...to.sequences].flatMap(([key, it]) => alterSequence(key, from.sequences.get(key), it)),
  ];
}

const createEnum = (key: string, labels: readonly string[]): string =>
  `CREATE TYPE ${key} AS ENUM (${labels.map(literal).join(', ')})`;

function addLabels(
  key: string,
  from: EnumEntity | undefined,
  to: EnumEntity,
  rebuilt: ReadonlySet<string>,
): readonly Step[] {
  if (!from || rebuilt.has(key)) return [];
  const has = new Set(from.labels);
  return to.labels.flatMap((label, index) => {
    if (has.has(label)) return [];
    const before = to.labels.slice(index + 1).find((it) => has.has(it));
    return [
      step(`ALTER TYPE ${key} ADD VALUE ${literal(label)}${before === undefined ? '' : ` BEFORE ${literal(before)}`}`),
    ];
  });
}

function beginRebuild(key: string, from: EnumEntity | undefined, to: EnumEntity | undefined): readonly Step[] {
  if (!from || !to) return [];
  return [step(`ALTER TYPE ${key} RENAME TO ${identifier(from.name + OLD_SUFFIX)}`), step(createEnum(key, to.labels))];
}

/** Drops the old form of each rebuilt enum, once no column has it any more. */
export function endRebuilds({ from, rebuiltEnums }: Decisions): readonly Step[] {
  return [...rebuiltEnums].flatMap((key) => {
    const it = from.enums.get(key);
    return it ? [step(`DROP TYPE ${identifier(it.schema)}.${identifier(it.name + OLD_SUFFIX)}`)] : [];
  });
}

function createDomain(key: string, it: DomainEntity): string {
  const parts = [
    `CREATE DOMAIN ${key} AS ${it.base}`,
    it.collation && `COLLATE ${it.collation}`,
    it.default !== null && `DEFAULT ${it.default}`,
    it.notNull && 'NOT NULL',
    ...it.checks.map((check) => `CONSTRAINT ${identifier(check.name)} ${check.def}`),
  ];
  return parts.filter(Boolean).join(' ');
}

function alterDomain(key: string, from: DomainEntity | undefined, to: DomainEntity): readonly Step[] {
  if (!from) return [];
  const has = new Map(from.checks.map((it) => [it.name, it.def]));
  const wants = new Map(to.checks.map((it) => [it.name, it.def]));
  const steps = from.checks.flatMap((it) =>
    wants.get(it.name) === it.def ? [] : [step(`ALTER DOMAIN ${key} DROP CONSTRAINT ${identifier(it.name)}`)],
  );
  for (const it of to.checks) {
    if (has.get(it.name) !== it.def)
      steps.push(step(`ALTER DOMAIN ${key} ADD CONSTRAINT ${identifier(it.name)} ${it.def}`));
  }
  if (from.notNull !== to.notNull) steps.push(step(`ALTER DOMAIN ${key} ${to.notNull ? 'SET' : 'DROP'} NOT NULL`));
  if (from.default !== to.default) {
    steps.push(step(`ALTER DOMAIN ${key} ${to.default === null ? 'DROP DEFAULT' : `SET DEFAULT ${to.default}`}`));
  }
  return steps;
}

export function sequenceOptions(it: SequenceOptions): string {
  const cycle = it.cycle ? 'CYCLE' : 'NO CYCLE';
  return `INCREMENT BY ${it.increment} MINVALUE ${it.min} MAXVALUE ${it.max} START WITH ${it.start} CACHE ${it.cache} ${cycle}`;
}

function alterSequence(key: string, from: SequenceEntity | undefined, to: SequenceEntity): readonly Step[] {
  if (!from || (sequenceOptions(from) === sequenceOptions(to) && from.type === to.type)) return [];
  return [step(`ALTER SEQUENCE ${key} AS ${to.type} ${sequenceOptions(to)}`)];
}

/** `serial`'s tie between a column and its sequence, once both are there. */
export function ownSequences({ from, to }: Decisions): readonly Step[] {
  return [...to.sequences].flatMap(([key, it]) => {
    if (same(from.sequences.get(key)?.ownedBy ?? null, it.ownedBy)) return [];
    return [step(`ALTER SEQUENCE ${key} OWNED BY ${it.ownedBy ?? 'NONE'}`)];
  });
}

/** What nothing uses any more, in the end. */
export function clearGround(decisions: Decisions): readonly Step[] {
  const { from, to } = decisions;
  const extra = <T>(list: ReadonlyMap<string, T>, other: ReadonlyMap<string, T>) =>
    [...list].filter(([key]) => !other.has(key)).reverse();
  return [
    ...extra(from.sequences, to.sequences).flatMap(([key, it]) =>
      wentWithOwner(decisions, it) ? [] : [step(`DROP SEQUENCE ${key}`)],
    ),
    ...extra(from.domains, to.domains).map(([key]) => step(`DROP DOMAIN ${key}`)),
    ...extra(from.composites, to.composites).map(([key]) => step(`DROP TYPE ${key}`)),
    ...extra(from.enums, to.enums).map(([key]) => step(`DROP TYPE ${key}`)),
    ...extra(from.extensions, to.extensions).map(([key]) => step(`DROP EXTENSION ${key}`)),
    ...extra(from.schemas, to.schemas).map(([key]) => step(`DROP SCHEMA ${key}`)),
  ];
}

function wentWithOwner({ from, to, rebuiltColumns }: Decisions, it: SequenceEntity): boolean {
  if (it.ownedBy === null) return false;
  const spelled = [...from.columns].find(([key]) => bare(key) === bare(it.ownedBy ?? ''))?.[0];
  return spelled !== undefined && (!to.columns.has(spelled) || rebuiltColumns.has(spelled));
}

const bare = (name: string): string => name.replaceAll('"', '');

/** Roles go last, when nothing is granted to them any more. */
export function dropRoles({ from, to }: Decisions): readonly Step[] {
  return [...from.roles].flatMap(([key]) => (to.roles.has(key) ? [] : [step(`DROP ROLE ${key}`)]));
}
