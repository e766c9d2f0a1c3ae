export { jsonIndex, jsonPathIndex } from './json-index.ts';
export { JsonPath, json } from './path.ts';
