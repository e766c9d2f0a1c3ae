-- The way back from 20261121144823_outbox.
DROP TABLE "public"."hutch_outbox";
