-- The way back from 20261121145837_accounts.
ALTER TABLE "public"."claude_code_prompts" DROP CONSTRAINT "claude_code_prompts_session_id_claude_code_sessions_id_fkey";
ALTER TABLE "public"."claude_code_prompts" DROP CONSTRAINT "claude_code_prompts_user_id_claude_code_users_id_fkey";
ALTER TABLE "public"."claude_code_sessions" DROP CONSTRAINT "claude_code_sessions_user_id_claude_code_users_id_fkey";
DROP TABLE "public"."claude_code_users";
DROP TABLE "public"."claude_code_sessions";
DROP TABLE "public"."claude_code_prompts";
