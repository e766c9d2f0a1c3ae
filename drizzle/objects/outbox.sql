GRANT SELECT ON hutch_outbox TO service_role;
COMMENT ON TABLE hutch_outbox IS 'Events that wait to be handled, and those that nobody could handle';
