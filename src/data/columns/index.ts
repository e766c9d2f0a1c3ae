export { actorColumns } from './actor.ts';
export { claim } from './claims.ts';
export { idTime, newId, prefixedId } from './prefixed-id.ts';
export { timestamps } from './timestamps.ts';
