CREATE TABLE "claude_code_prompts" (
	"id" text PRIMARY KEY DEFAULT (('prm_'::text || lpad(to_hex(((EXTRACT(epoch FROM clock_timestamp()) * (1000)::numeric))::bigint), 11, '0'::text)) || "right"(replace((gen_random_uuid())::text, '-'::text, ''::text), 13)),
	"session_id" text NOT NULL,
	"user_id" text NOT NULL,
	"content" text NOT NULL,
	"deleted_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "claude_code_prompts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "claude_code_sessions" (
	"id" text PRIMARY KEY DEFAULT (('ses_'::text || lpad(to_hex(((EXTRACT(epoch FROM clock_timestamp()) * (1000)::numeric))::bigint), 11, '0'::text)) || "right"(replace((gen_random_uuid())::text, '-'::text, ''::text), 13)),
	"user_id" text NOT NULL,
	"title" text NOT NULL,
	"last_active_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "claude_code_sessions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "claude_code_users" (
	"id" text PRIMARY KEY DEFAULT (('user_'::text || lpad(to_hex(((EXTRACT(epoch FROM clock_timestamp()) * (1000)::numeric))::bigint), 11, '0'::text)) || "right"(replace((gen_random_uuid())::text, '-'::text, ''::text), 13)),
	"email" text NOT NULL,
	"name" text,
	"metadata" jsonb,
	"refresh_token" text,
	"last_login_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "claude_code_users" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE INDEX "idx_prompts_session" ON "claude_code_prompts" ("session_id");--> statement-breakpoint
CREATE INDEX "idx_sessions_user" ON "claude_code_sessions" ("user_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_users_email" ON "claude_code_users" ("email") WHERE deleted_at IS NULL;--> statement-breakpoint
CREATE INDEX "idx_users_theme" ON "claude_code_users" (("metadata" #> '{preferences,theme}'::text[]));--> statement-breakpoint
ALTER TABLE "claude_code_prompts" ADD CONSTRAINT "claude_code_prompts_session_id_claude_code_sessions_id_fkey" FOREIGN KEY ("session_id") REFERENCES "claude_code_sessions"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "claude_code_prompts" ADD CONSTRAINT "claude_code_prompts_user_id_claude_code_users_id_fkey" FOREIGN KEY ("user_id") REFERENCES "claude_code_users"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "claude_code_sessions" ADD CONSTRAINT "claude_code_sessions_user_id_claude_code_users_id_fkey" FOREIGN KEY ("user_id") REFERENCES "claude_code_users"("id") ON DELETE CASCADE;--> statement-breakpoint
CREATE POLICY "own_rows" ON "claude_code_prompts" AS PERMISSIVE FOR ALL TO "authenticated" USING (user_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text))) WITH CHECK (user_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text)));--> statement-breakpoint
CREATE POLICY "server_does_all" ON "claude_code_prompts" AS PERMISSIVE FOR ALL TO "service_role" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "own_rows" ON "claude_code_sessions" AS PERMISSIVE FOR ALL TO "authenticated" USING (user_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text))) WITH CHECK (user_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text)));--> statement-breakpoint
CREATE POLICY "server_does_all" ON "claude_code_sessions" AS PERMISSIVE FOR ALL TO "service_role" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "own_row" ON "claude_code_users" AS PERMISSIVE FOR SELECT TO "authenticated" USING (id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text)));--> statement-breakpoint
CREATE POLICY "own_changes" ON "claude_code_users" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text))) WITH CHECK (id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text)));--> statement-breakpoint
CREATE POLICY "server_does_all" ON "claude_code_users" AS PERMISSIVE FOR ALL TO "service_role" USING (true) WITH CHECK (true);