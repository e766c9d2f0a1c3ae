-- down: DROP FUNCTION IF EXISTS keep_feedback_partitions(int, int)
-- Partitions live apart, so that nobody gets at them but through their table, whose policies then hold.
CREATE SCHEMA IF NOT EXISTS partitions;

-- Makes the months' partitions of parsed_student_feedback that are missing, from `keep` months back to `ahead` months on, and drops
-- those that are older. The worker calls it daily; says how many came and went.
CREATE OR REPLACE FUNCTION keep_feedback_partitions(ahead int DEFAULT 3, keep int DEFAULT 12)
RETURNS TABLE (created int, dropped int) LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
  this_month timestamptz := date_trunc('month', now());
  month timestamptz;
  name text;
BEGIN
  created := 0;
  dropped := 0;
  FOR i IN -keep .. ahead LOOP
    month := this_month + make_interval(months => i);
    name := 'feedback_' || to_char(month, 'YYYY_MM');
    CONTINUE WHEN to_regclass(format('partitions.%I', name)) IS NOT NULL;
    EXECUTE format('CREATE TABLE partitions.%I PARTITION OF parsed_student_feedback FOR VALUES FROM (%L) TO (%L)',
      name, month, month + interval '1 month');
    created := created + 1;
  END LOOP;
  FOR name IN
    SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'parsed_student_feedback'::regclass
      AND relname < 'feedback_' || to_char((this_month - make_interval(months => keep)), 'YYYY_MM')
  LOOP
    EXECUTE format('DROP TABLE partitions.%I', name);
    dropped := dropped + 1;
  END LOOP;
  RETURN NEXT;
END $$;
REVOKE EXECUTE ON FUNCTION keep_feedback_partitions(int, int) FROM PUBLIC;

SELECT keep_feedback_partitions();
