-- depends on: ticket_load.key
-- A materialised view knows no row security: numbers only, and not for strangers.
GRANT SELECT ON ticket_load TO authenticated, service_role;
COMMENT ON MATERIALIZED VIEW ticket_load IS 'Tickets of each status for each organization, as of the last refresh';
