import type { SchemaState } from '../entities.ts';
import { keyed } from '../keyed.ts';
import type { Step } from '../steps.ts';
import { alterColumns } from './columns.ts';
import { decide, type GapOptions } from './decide.ts';
import { takeDown } from './drop.ts';
import { grantsAndComments } from './grants.ts';
import { addConstraints, createFunctions, createIndexes, createParts, createViews, dropFunctions } from './parts.ts';
import { createTables, tableSettings } from './tables.ts';
import { clearGround, dropRoles, endRebuilds, ownSequences, prepareGround } from './types.ts';

/**
 * The statements that lead from one state to another, by name: what a database lacks is created, what it has too much of is dropped,
 * what differs is altered. Whatever stands on something that changes is taken down first and put up again afterwards.
 */
export function closeGap(from: SchemaState, to: SchemaState, options: GapOptions = {}): readonly Step[] {
  const decisions = decide(keyed(from), keyed(to), options);
  return [
    ...takeDown(decisions),
    ...dropFunctions(decisions, true),
    ...prepareGround(decisions),
    ...createFunctions(decisions, false),
    ...createTables(decisions),
    ...createFunctions(decisions, true),
    ...alterColumns(decisions),
    ...endRebuilds(decisions),
    ...ownSequences(decisions),
    ...addConstraints(decisions),
    ...createIndexes(decisions, false),
    ...createViews(decisions),
    ...createIndexes(decisions, true),
    ...tableSettings(decisions),
    ...createParts(decisions),
    ...dropFunctions(decisions, false),
    ...clearGround(decisions),
    ...grantsAndComments(decisions),
    ...dropRoles(decisions),
  ];
}
