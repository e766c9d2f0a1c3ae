SET search_path = v1;
GRANT USAGE ON SCHEMA v1, v2, "Sp ecial" TO differential_timed;
GRANT ALL ON ALL TABLES IN SCHEMA v1, v2, "Sp ecial" TO differential_anon, differential_user, differential_timed;
GRANT ALL ON ALL SEQUENCES IN SCHEMA v1 TO differential_anon, differential_user, differential_timed;
REVOKE ALL ON denied, cols_only, insert_only FROM differential_anon, differential_user, differential_timed;
GRANT SELECT (id, open), UPDATE (open), INSERT (id, open) ON cols_only TO differential_anon; GRANT INSERT ON insert_only TO differential_anon;
ANALYZE;
RESET search_path;
