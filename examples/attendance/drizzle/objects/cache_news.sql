-- down: DROP FUNCTION IF EXISTS tell_cache() CASCADE
-- Whoever changes what the repository caches (this application, the API, psql), every process hears of it once it is committed.
CREATE OR REPLACE FUNCTION tell_cache() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('cache_news', TG_TABLE_NAME);
  RETURN NULL;
END $$;

DO $$ DECLARE
  cached text;
BEGIN
  FOREACH cached IN ARRAY ARRAY['users', 'students', 'courses'] LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER tell_cache AFTER INSERT OR UPDATE OR DELETE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION tell_cache()', cached);
  END LOOP;
END $$;
