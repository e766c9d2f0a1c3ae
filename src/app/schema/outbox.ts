/** Events for other services, written in the transaction that they are about. No policy: nobody gets at it over the API. */
export { outbox } from '../../data/outbox/table.ts';
