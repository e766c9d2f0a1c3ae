-- The way back from 20261121150508_organizations.
DROP POLICY "reads" ON "public"."github_installation_repositories";
DROP POLICY "admins_write" ON "public"."github_installation_repositories";
DROP POLICY "reads" ON "public"."users";
ALTER TABLE "public"."github_installation_repositories" DROP CONSTRAINT "github_installation_repositories_w0CqsxMbF2Kc_fkey";
ALTER TABLE "public"."github_installations" DROP CONSTRAINT "github_installations_organization_id_organizations_id_fkey";
ALTER TABLE "public"."organization_members" DROP CONSTRAINT "organization_members_organization_id_organizations_id_fkey";
ALTER TABLE "public"."organization_members" DROP CONSTRAINT "organization_members_user_id_users_id_fkey";
DROP TABLE "public"."users";
DROP TABLE "public"."organizations";
DROP TABLE "public"."organization_members";
DROP TABLE "public"."github_installations";
DROP TABLE "public"."github_installation_repositories";
DROP TYPE "public"."plan";
DROP TYPE "public"."member_role";
