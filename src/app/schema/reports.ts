import { count } from 'drizzle-orm';
import { snakeCase } from 'drizzle-orm/pg-core';
import { active } from '../../data/soft-delete/soft-delete.ts';
import { keyed } from '../../data/views/declare.ts';
import { tickets } from './tickets.ts';

/** How many tickets of each status an organization has. Refreshed by `POST /reports/load`, not by each change. */
export const ticketLoad = keyed(
  snakeCase.materializedView('ticket_load').as((qb) =>
    qb
      .select({ organizationId: tickets.organizationId, status: tickets.status, tickets: count().as('tickets') })
      .from(tickets)
      .where(active(tickets))
      .groupBy(tickets.organizationId, tickets.status),
  ),
  (view) => [view.organizationId, view.status],
);
