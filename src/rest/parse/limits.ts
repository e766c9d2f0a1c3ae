/**
 * What one request may ask for. Far beyond what people write, far below what would cost more than its share: each
 * level of an embed is a subquery to plan, each condition a parameter to bind (Postgres takes 65,535).
 */
export const limits = Object.freeze({
  /** UTF-16 units of the query string. */
  queryLength: 262_144,
  /** UTF-16 units of a malformed parameter that is searched for its mistake, which takes up to 10 µs for each. */
  diagnosed: 4_096,
  parameters: 2_000,
  selectItems: 2_000,
  embeds: 200,
  embedDepth: 32,
  conditions: 2_000,
  conditionDepth: 64,
  /** Elements of all `in` lists together. */
  listElements: 50_000,
  orderTerms: 200,
  pathSteps: 64,
  preferLength: 4_096,
  acceptLength: 4_096,
  acceptTypes: 64,
  /** Levels of nested objects and arrays in a JSON body. */
  jsonDepth: 256,
  /** Each costs about 0.4 ms of one transaction beside its own work. */
  batchOperations: 10_000,
  /** UTF-16 units of all answers of a batch, which are held until its transaction ends. */
  batchAnswers: 67_108_864,
});
