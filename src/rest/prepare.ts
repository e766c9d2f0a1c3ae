import { LRUCache } from 'lru-cache';
import type { Catalog } from '../catalog/index.ts';
import type { Compiled } from './compile/statement.ts';
import type { ApiRequest } from './parse/types.ts';
import { isObjectText } from './plan/body.ts';
import { cursorShape } from './plan/cursor-token.ts';
import { keysetMarks } from './plan/keyset.ts';
import { sameLiteral } from './plan/read.ts';
import type { StatementPlan } from './plan/types.ts';

/** Plans kept for each catalog. An application has some hundreds of shapes; the rest is people trying things out. */
const MAX_SHAPES = 2_000;
/** Characters of their shapes and statements together; what a plan takes in memory is some twenty times as much. */
const MAX_TEXT = 4_194_304;
/** Characters of a statement that is not worth keeping: whoever asks so much at once asks otherwise the next time. */
const LONG_TEXT = 65_536;

export interface Prepared {
  readonly plan: StatementPlan;
  readonly compiled: Compiled;
}

/**
 * Plans and statements by the shape of their requests: those that differ only in values share one. A new catalog starts
 * anew, so a plan never outlives the names it was checked against. What a plan depends on beside the shape is part of the
 * key: whether an `or` is a keyset, whether the body is an object, and what the cursor is of. Errors are not kept.
 */
export class PreparedPlans {
  readonly #byCatalog = new WeakMap<Catalog, LRUCache<string, Prepared>>();

  get(request: ApiRequest, catalog: Catalog): Prepared | undefined {
    if (!isShared(request)) return undefined;
    return this.#of(catalog).get(keyOf(request));
  }

  set(request: ApiRequest, catalog: Catalog, prepared: Prepared): void {
    if (isShared(request) && prepared.compiled.main.text.length <= LONG_TEXT) {
      this.#of(catalog).set(keyOf(request), prepared);
    }
  }

  #of(catalog: Catalog): LRUCache<string, Prepared> {
    const known = this.#byCatalog.get(catalog);
    if (known !== undefined) return known;
    const sizeCalculation = ({ compiled }: Prepared, key: string) => key.length + compiled.main.text.length;
    const fresh = new LRUCache<string, Prepared>({ max: MAX_SHAPES, maxSize: MAX_TEXT, sizeCalculation });
    this.#byCatalog.set(catalog, fresh);
    return fresh;
  }
}

/** A merge patch decides by its inner keys what is merged into, so no two are surely alike. */
const isShared = ({ payload }: ApiRequest): boolean => payload?.kind !== 'merge-patch';

function keyOf(request: ApiRequest): string {
  const body = request.payload === null ? '' : isObjectText(request.payload) ? '{' : '[';
  return `${request.shape}\n${keysetMarks(request.logic, sameLiteral(request))}${body}${cursorShape(request.cursor)}`;
}
