-- What settings of the server name: a function before each request, one at the root; a role with settings of its own.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'differential_timed') THEN CREATE ROLE differential_timed; END IF;
END $$;
ALTER ROLE differential_timed SET default_transaction_isolation = 'repeatable read';
ALTER ROLE differential_timed SET statement_timeout = '4s';
SET search_path = v1;
CREATE FUNCTION pre_request() RETURNS void LANGUAGE plpgsql AS $$
DECLARE given json := current_setting('request.headers', true);
BEGIN
  IF given ->> 'x-fail' IS NOT NULL THEN RAISE insufficient_privilege USING MESSAGE = 'no way', HINT = given ->> 'x-fail'; END IF;
  IF given ->> 'x-role' IS NOT NULL THEN PERFORM set_config('role', given ->> 'x-role', true); END IF;
  IF given ->> 'x-status' IS NOT NULL THEN PERFORM set_config('response.status', given ->> 'x-status', true); END IF;
  PERFORM set_config('response.headers', '[{"X-Pre": "1"}, {"Cache-Control": "public"}, {"Cache-Control": "max-age=1"}]', true);
END $$;
CREATE FUNCTION root_document() RETURNS json STABLE LANGUAGE sql AS $$ select '{"root": true}'::json $$;
CREATE FUNCTION f_setting_of(name text) RETURNS text STABLE LANGUAGE sql AS $$ select current_setting(name, true) $$;
CREATE FUNCTION f_raise_full(message text, detail text DEFAULT '') RETURNS int STABLE LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'PGRST', MESSAGE = message, DETAIL = detail; END $$;
RESET search_path;
