CREATE TABLE "notes" (
	"id" text PRIMARY KEY DEFAULT (('note_'::text || lpad(to_hex(((EXTRACT(epoch FROM clock_timestamp()) * (1000)::numeric))::bigint), 11, '0'::text)) || "right"(replace((gen_random_uuid())::text, '-'::text, ''::text), 13)),
	"title" text NOT NULL,
	"body" text DEFAULT '' NOT NULL,
	"pinned" boolean DEFAULT false NOT NULL,
	"labels" jsonb DEFAULT '[]' NOT NULL,
	"deleted_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
