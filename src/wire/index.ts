/** The wire room's public face: the Postgres port onto an embedded engine. */
export { openWire, type WireOptions, type WireServer } from './server.ts';
