import type { Executor, Field } from '../driver.ts';

/** What is known of an array type. */
export interface ArrayType {
  readonly element: number;
  readonly delimiter: string;
}

/** Types that databases define themselves have OIDs from here on (FirstNormalObjectId). */
const FIRST_OWN_OID = 16_384;

/** Postgres's own array types by OID, with their elements' (`pg_type.dat`): those whose elements are more than text. */
const BUILT_IN: readonly (readonly [array: number, element: number])[] = [
  [1000, 16],
  [1001, 17],
  [1005, 21],
  [1007, 23],
  [1009, 25],
  [1014, 1042],
  [1015, 1043],
  [1016, 20],
  [1021, 700],
  [1022, 701],
  [1028, 26],
  [1041, 869],
  [1115, 1114],
  [1182, 1082],
  [1183, 1083],
  [1185, 1184],
  [1187, 1186],
  [1231, 1700],
  [1270, 1266],
  [199, 114],
  [3807, 3802],
  [2951, 2950],
  [651, 650],
  [1003, 19],
  [1002, 18],
];

const LOOK_UP = `
  SELECT a.oid, CASE WHEN e.typtype = 'd' THEN e.typbasetype ELSE e.oid END, e.typdelim
  FROM pg_catalog.pg_type a JOIN pg_catalog.pg_type e ON e.oid = a.typelem
  WHERE a.typcategory = 'A' AND a.oid = ANY ($1::oid[])`;

/** The array types of one database. Own ones (of enums, domains, composites) are looked up when they are first seen. */
export class ArrayTypes {
  private readonly known = new Map<number, ArrayType>(
    BUILT_IN.map(([array, element]) => [array, { element, delimiter: ',' }]),
  );
  /** Own types that are no arrays. */
  private readonly others = new Set<number>();

  get(type: number): ArrayType | undefined {
    return this.known.get(type);
  }

  /** Undefined where all types are known already, which is nearly always. */
  learn(fields: readonly Field[], executor: Executor): Promise<void> | undefined {
    const unknown = fields.map((field) => field.type).filter((type) => this.isUnknown(type));
    return unknown.length === 0 ? undefined : this.lookUp(unknown, executor);
  }

  private isUnknown(type: number): boolean {
    return type >= FIRST_OWN_OID && !this.known.has(type) && !this.others.has(type);
  }

  private async lookUp(types: readonly number[], executor: Executor): Promise<void> {
    const { rows } = await executor.query({ text: LOOK_UP, params: [`{${types.join()}}`] });
    for (const [array, element, delimiter] of rows) {
      this.known.set(Number(array), { element: Number(element), delimiter: delimiter ?? ',' });
    }
    for (const type of types) if (!this.known.has(type)) this.others.add(type);
  }
}
