-- The way back from 20261121143803_reports.
DROP POLICY "member_notes" ON "public"."activity_log";
DROP MATERIALIZED VIEW "public"."ticket_load";
