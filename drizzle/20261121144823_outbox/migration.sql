CREATE TABLE "hutch_outbox" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "hutch_outbox_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"topic" text NOT NULL,
	"key" text,
	"payload" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"due_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"claimed_by" text,
	"claimed_until" timestamp with time zone,
	"last_error" text,
	"dead_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "hutch_outbox_waiting" ON "hutch_outbox" ("id") WHERE dead_at is null;--> statement-breakpoint
CREATE INDEX "hutch_outbox_key" ON "hutch_outbox" ("key","id") WHERE dead_at is null and key is not null;