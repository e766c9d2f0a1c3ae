-- The way back from 20261121233250_ticket_age.
DROP INDEX "public"."tickets_created_at";
