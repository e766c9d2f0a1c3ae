/**
 * The PostgREST whose dialect this is: the newest that ours was compared with, request by request. Clients see it in the OpenAPI
 * document and in warnings.
 */
export const DIALECT_VERSION = '16.2';
