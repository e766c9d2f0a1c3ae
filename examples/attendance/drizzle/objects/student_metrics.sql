-- depends on: student_metrics_mv.key
-- A materialised view knows no row security: staff see it through a route, services directly.
GRANT SELECT ON student_metrics_mv TO service_role;
COMMENT ON MATERIALIZED VIEW student_metrics_mv IS 'What the dashboard shows of each student, as of the last refresh';
