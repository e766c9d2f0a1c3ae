-- The roles that policies name. A role belongs to the server, so another database may have made them already.
DO $$ DECLARE
  api_role text;
BEGIN
  FOREACH api_role IN ARRAY ARRAY['anon', 'authenticated', 'service_role'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = api_role) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', api_role);
    END IF;
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
      EXECUTE format('GRANT %I TO %I', api_role, current_user);
    END IF;
  END LOOP;
END $$;
