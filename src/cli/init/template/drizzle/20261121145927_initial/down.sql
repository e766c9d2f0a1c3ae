-- The way back from 20261121145927_initial.
DROP TABLE "public"."notes";
