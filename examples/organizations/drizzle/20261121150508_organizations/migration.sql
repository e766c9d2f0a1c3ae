CREATE TYPE "member_role" AS ENUM('admin', 'member');--> statement-breakpoint
CREATE TYPE "plan" AS ENUM('FREE', 'PRO', 'ENTERPRISE');--> statement-breakpoint
CREATE TABLE "github_installation_repositories" (
	"id" text PRIMARY KEY,
	"installation_id" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "github_installation_repositories" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "github_installations" (
	"id" text PRIMARY KEY,
	"organization_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "github_installations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "organization_members" (
	"id" text PRIMARY KEY DEFAULT (('org_mem_'::text || lpad(to_hex(((EXTRACT(epoch FROM clock_timestamp()) * (1000)::numeric))::bigint), 11, '0'::text)) || "right"(replace((gen_random_uuid())::text, '-'::text, ''::text), 13)),
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	"role" "member_role" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "organization_members_once" UNIQUE("organization_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "organization_members" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "organizations" (
	"id" text PRIMARY KEY,
	"company" text NOT NULL,
	"plan" "plan" NOT NULL,
	"deleted" boolean DEFAULT false NOT NULL,
	"deleted_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "organizations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY,
	"email" text NOT NULL,
	"is_admin" boolean DEFAULT false NOT NULL,
	"first_name" text NOT NULL,
	"last_name" text NOT NULL,
	"photo_url" text NOT NULL,
	"deleted" boolean DEFAULT false NOT NULL,
	"deleted_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "users" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE INDEX "github_installation_repositories_installation" ON "github_installation_repositories" ("installation_id");--> statement-breakpoint
CREATE INDEX "github_installations_organization" ON "github_installations" ("organization_id");--> statement-breakpoint
CREATE INDEX "organization_members_user" ON "organization_members" ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_active" ON "users" ("email") WHERE deleted_at IS NULL;--> statement-breakpoint
ALTER TABLE "github_installation_repositories" ADD CONSTRAINT "github_installation_repositories_w0CqsxMbF2Kc_fkey" FOREIGN KEY ("installation_id") REFERENCES "github_installations"("id");--> statement-breakpoint
ALTER TABLE "github_installations" ADD CONSTRAINT "github_installations_organization_id_organizations_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id");--> statement-breakpoint
ALTER TABLE "organization_members" ADD CONSTRAINT "organization_members_organization_id_organizations_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id");--> statement-breakpoint
ALTER TABLE "organization_members" ADD CONSTRAINT "organization_members_user_id_users_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id");--> statement-breakpoint
CREATE POLICY "reads" ON "github_installation_repositories" AS PERMISSIVE FOR SELECT TO "authenticated" USING (installation_id in (select id from github_installations));--> statement-breakpoint
CREATE POLICY "admins_write" ON "github_installation_repositories" AS PERMISSIVE FOR ALL TO "authenticated" USING (installation_id in (select id from github_installations) and (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'org_role'::text)) = 'org:admin') WITH CHECK (installation_id in (select id from github_installations) and (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'org_role'::text)) = 'org:admin');--> statement-breakpoint
CREATE POLICY "server_does_all" ON "github_installation_repositories" AS PERMISSIVE FOR ALL TO "service_role" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "reads" ON "github_installations" AS PERMISSIVE FOR SELECT TO "authenticated" USING (organization_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'org_id'::text)));--> statement-breakpoint
CREATE POLICY "admins_write" ON "github_installations" AS PERMISSIVE FOR ALL TO "authenticated" USING (organization_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'org_id'::text)) and (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'org_role'::text)) = 'org:admin') WITH CHECK (organization_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'org_id'::text)) and (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'org_role'::text)) = 'org:admin');--> statement-breakpoint
CREATE POLICY "server_does_all" ON "github_installations" AS PERMISSIVE FOR ALL TO "service_role" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "reads" ON "organization_members" AS PERMISSIVE FOR SELECT TO "authenticated" USING (organization_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'org_id'::text)));--> statement-breakpoint
CREATE POLICY "admins_write" ON "organization_members" AS PERMISSIVE FOR ALL TO "authenticated" USING (organization_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'org_id'::text)) and (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'org_role'::text)) = 'org:admin') WITH CHECK (organization_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'org_id'::text)) and (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'org_role'::text)) = 'org:admin');--> statement-breakpoint
CREATE POLICY "server_does_all" ON "organization_members" AS PERMISSIVE FOR ALL TO "service_role" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "reads" ON "organizations" AS PERMISSIVE FOR SELECT TO "authenticated" USING (id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'org_id'::text)));--> statement-breakpoint
CREATE POLICY "admins_write" ON "organizations" AS PERMISSIVE FOR ALL TO "authenticated" USING (id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'org_id'::text)) and (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'org_role'::text)) = 'org:admin') WITH CHECK (id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'org_id'::text)) and (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'org_role'::text)) = 'org:admin');--> statement-breakpoint
CREATE POLICY "server_does_all" ON "organizations" AS PERMISSIVE FOR ALL TO "service_role" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "reads" ON "users" AS PERMISSIVE FOR SELECT TO "authenticated" USING (id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text)) or id in (select user_id from organization_members where organization_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'org_id'::text))));--> statement-breakpoint
CREATE POLICY "creates" ON "users" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text)) and not is_admin);--> statement-breakpoint
CREATE POLICY "changes" ON "users" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text)) and not is_admin) WITH CHECK (id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text)) and not is_admin);--> statement-breakpoint
CREATE POLICY "server_does_all" ON "users" AS PERMISSIVE FOR ALL TO "service_role" USING (true) WITH CHECK (true);