-- The way back from 20261121143552_forwarded_index.
DROP INDEX "public"."tickets_forwarded";
