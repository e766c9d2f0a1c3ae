-- The way back from 20261121143550_forwarded_status.
DROP INDEX "public"."tickets_status_created_at";
DROP INDEX "public"."tickets_organization_status";
ALTER TYPE "public"."ticket_status" RENAME TO "ticket_status__hutch_old";
CREATE TYPE "public"."ticket_status" AS ENUM ('OPEN', 'IN_PROGRESS', 'WAITING', 'RESOLVED', 'CLOSED');
ALTER TABLE "public"."tickets" ALTER COLUMN "status" DROP DEFAULT;
ALTER TABLE "public"."tickets" ALTER COLUMN "status" SET DATA TYPE public.ticket_status USING "status"::text::public.ticket_status;
ALTER TABLE "public"."tickets" ALTER COLUMN "status" SET DEFAULT 'OPEN'::public.ticket_status;
DROP TYPE "public"."ticket_status__hutch_old";
CREATE INDEX tickets_status_created_at ON public.tickets USING btree (status, created_at);
CREATE INDEX tickets_organization_status ON public.tickets USING btree (organization_id, status);
