CREATE TYPE "attendance_status" AS ENUM('present', 'late', 'absent', 'excused');--> statement-breakpoint
CREATE TYPE "enrollment_status" AS ENUM('active', 'completed', 'dropped');--> statement-breakpoint
CREATE TYPE "student_status" AS ENUM('enrolled', 'active', 'paused', 'left');--> statement-breakpoint
CREATE TYPE "user_role" AS ENUM('student', 'instructor', 'admin');--> statement-breakpoint
CREATE TABLE "attendances" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	"student_id" uuid NOT NULL,
	"session_id" uuid NOT NULL,
	"status" "attendance_status" NOT NULL,
	"note" text,
	"created_by" text DEFAULT ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text),
	"updated_by" text DEFAULT ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text),
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idx_attendance_student_session" UNIQUE("student_id","session_id")
);
--> statement-breakpoint
ALTER TABLE "attendances" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parsed_student_feedback" (
	"id" uuid DEFAULT gen_random_uuid(),
	"student_id" uuid NOT NULL,
	"session_id" uuid,
	"score" numeric(2,1),
	"summary" text NOT NULL,
	"details" jsonb DEFAULT '{}' NOT NULL,
	"parsed_at" timestamp with time zone DEFAULT now(),
	CONSTRAINT "parsed_student_feedback_pkey" PRIMARY KEY("id","parsed_at")
) PARTITION BY RANGE ("parsed_at"); -- by hand: Drizzle knows no partitions, and need not
--> statement-breakpoint
ALTER TABLE "parsed_student_feedback" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "class_sessions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	"course_id" uuid NOT NULL,
	"session_date" date NOT NULL,
	"topic" varchar(200) NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "class_sessions_once" UNIQUE("course_id","session_date")
);
--> statement-breakpoint
ALTER TABLE "class_sessions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "courses" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	"name" varchar(160) NOT NULL,
	"instructor_id" uuid,
	"active" boolean DEFAULT true NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "courses" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "enrollments" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	"student_id" uuid NOT NULL,
	"course_id" uuid NOT NULL,
	"status" "enrollment_status" DEFAULT 'active'::"enrollment_status" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "enrollments_once" UNIQUE("student_id","course_id")
);
--> statement-breakpoint
ALTER TABLE "enrollments" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "students" (
	"id" uuid PRIMARY KEY,
	"student_number" varchar(32) NOT NULL UNIQUE,
	"grade_level" varchar(16) NOT NULL,
	"status" "student_status" DEFAULT 'enrolled'::"student_status" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "students" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	"email" varchar(256) NOT NULL UNIQUE,
	"name" varchar(120) NOT NULL,
	"role" "user_role" DEFAULT 'student'::"user_role" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "users" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE INDEX "idx_attendances_session" ON "attendances" ("session_id");--> statement-breakpoint
CREATE INDEX "idx_attendances_created_at" ON "attendances" ("created_at");--> statement-breakpoint
CREATE INDEX "idx_parsed_feedback_student_id" ON "parsed_student_feedback" ("student_id");--> statement-breakpoint
CREATE INDEX "idx_feedback_student_date" ON "parsed_student_feedback" ("student_id","parsed_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "idx_class_sessions_session_date" ON "class_sessions" ("session_date");--> statement-breakpoint
CREATE INDEX "idx_courses_instructor" ON "courses" ("instructor_id");--> statement-breakpoint
CREATE INDEX "idx_enrollments_course" ON "enrollments" ("course_id");--> statement-breakpoint
CREATE INDEX "idx_students_grade_status" ON "students" ("grade_level","status");--> statement-breakpoint
ALTER TABLE "attendances" ADD CONSTRAINT "attendances_student_id_students_id_fkey" FOREIGN KEY ("student_id") REFERENCES "students"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "attendances" ADD CONSTRAINT "attendances_session_id_class_sessions_id_fkey" FOREIGN KEY ("session_id") REFERENCES "class_sessions"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "parsed_student_feedback" ADD CONSTRAINT "parsed_student_feedback_student_id_students_id_fkey" FOREIGN KEY ("student_id") REFERENCES "students"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "parsed_student_feedback" ADD CONSTRAINT "parsed_student_feedback_session_id_class_sessions_id_fkey" FOREIGN KEY ("session_id") REFERENCES "class_sessions"("id") ON DELETE SET NULL;--> statement-breakpoint
ALTER TABLE "class_sessions" ADD CONSTRAINT "class_sessions_course_id_courses_id_fkey" FOREIGN KEY ("course_id") REFERENCES "courses"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "courses" ADD CONSTRAINT "courses_instructor_id_users_id_fkey" FOREIGN KEY ("instructor_id") REFERENCES "users"("id") ON DELETE SET NULL;--> statement-breakpoint
ALTER TABLE "enrollments" ADD CONSTRAINT "enrollments_student_id_students_id_fkey" FOREIGN KEY ("student_id") REFERENCES "students"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "enrollments" ADD CONSTRAINT "enrollments_course_id_courses_id_fkey" FOREIGN KEY ("course_id") REFERENCES "courses"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "students" ADD CONSTRAINT "students_id_users_id_fkey" FOREIGN KEY ("id") REFERENCES "users"("id") ON DELETE CASCADE;--> statement-breakpoint
CREATE MATERIALIZED VIEW "student_metrics_mv" AS (
      select s.id, s.student_number, u.name,
        coalesce(a.sessions, 0) as sessions, coalesce(a.attended, 0) as attended,
        round(a.attended::numeric / a.sessions, 3) as attendance_rate,
        coalesce(f.feedbacks, 0) as feedbacks, f.average_score, f.last_feedback_at
      from students s
      join users u on u.id = s.id
      left join (
        select student_id, count(*)::int as sessions, count(*) filter (where status in ('present', 'late'))::int as attended
        from attendances group by student_id
      ) a on a.student_id = s.id
      left join (
        select student_id, count(*)::int as feedbacks, round(avg(score), 2) as average_score, max(parsed_at) as last_feedback_at
        from parsed_student_feedback group by student_id
      ) f on f.student_id = s.id);--> statement-breakpoint
CREATE POLICY "reads" ON "attendances" AS PERMISSIVE FOR SELECT TO "authenticated" USING (student_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text))::uuid or (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) in ('instructor', 'admin'));--> statement-breakpoint
CREATE POLICY "inserts" ON "attendances" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (exists (
  select from class_sessions s join courses c on c.id = s.course_id where s.id = session_id and c.instructor_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text))::uuid));--> statement-breakpoint
CREATE POLICY "updates" ON "attendances" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (exists (
  select from class_sessions s join courses c on c.id = s.course_id where s.id = session_id and c.instructor_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text))::uuid)) WITH CHECK (exists (
  select from class_sessions s join courses c on c.id = s.course_id where s.id = session_id and c.instructor_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text))::uuid));--> statement-breakpoint
CREATE POLICY "deletes" ON "attendances" AS PERMISSIVE FOR DELETE TO "authenticated" USING (exists (
  select from class_sessions s join courses c on c.id = s.course_id where s.id = session_id and c.instructor_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text))::uuid));--> statement-breakpoint
CREATE POLICY "server_does_all" ON "attendances" AS PERMISSIVE FOR ALL TO "service_role" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "reads" ON "parsed_student_feedback" AS PERMISSIVE FOR SELECT TO "authenticated" USING (student_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text))::uuid or (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) in ('instructor', 'admin'));--> statement-breakpoint
CREATE POLICY "server_does_all" ON "parsed_student_feedback" AS PERMISSIVE FOR ALL TO "service_role" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "reads" ON "class_sessions" AS PERMISSIVE FOR SELECT TO "authenticated" USING (true);--> statement-breakpoint
CREATE POLICY "inserts" ON "class_sessions" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK (exists (select from courses where courses.id = course_id and courses.instructor_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text))::uuid));--> statement-breakpoint
CREATE POLICY "updates" ON "class_sessions" AS PERMISSIVE FOR UPDATE TO "authenticated" USING (exists (select from courses where courses.id = course_id and courses.instructor_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text))::uuid)) WITH CHECK (exists (select from courses where courses.id = course_id and courses.instructor_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text))::uuid));--> statement-breakpoint
CREATE POLICY "deletes" ON "class_sessions" AS PERMISSIVE FOR DELETE TO "authenticated" USING (exists (select from courses where courses.id = course_id and courses.instructor_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text))::uuid));--> statement-breakpoint
CREATE POLICY "server_does_all" ON "class_sessions" AS PERMISSIVE FOR ALL TO "service_role" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "reads" ON "courses" AS PERMISSIVE FOR SELECT TO "authenticated" USING (true);--> statement-breakpoint
CREATE POLICY "inserts" ON "courses" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK ((select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) = 'admin');--> statement-breakpoint
CREATE POLICY "updates" ON "courses" AS PERMISSIVE FOR UPDATE TO "authenticated" USING ((select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) = 'admin') WITH CHECK ((select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) = 'admin');--> statement-breakpoint
CREATE POLICY "deletes" ON "courses" AS PERMISSIVE FOR DELETE TO "authenticated" USING ((select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) = 'admin');--> statement-breakpoint
CREATE POLICY "server_does_all" ON "courses" AS PERMISSIVE FOR ALL TO "service_role" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "reads" ON "enrollments" AS PERMISSIVE FOR SELECT TO "authenticated" USING (student_id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text))::uuid or (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) in ('instructor', 'admin'));--> statement-breakpoint
CREATE POLICY "inserts" ON "enrollments" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK ((select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) = 'admin');--> statement-breakpoint
CREATE POLICY "updates" ON "enrollments" AS PERMISSIVE FOR UPDATE TO "authenticated" USING ((select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) = 'admin') WITH CHECK ((select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) = 'admin');--> statement-breakpoint
CREATE POLICY "deletes" ON "enrollments" AS PERMISSIVE FOR DELETE TO "authenticated" USING ((select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) = 'admin');--> statement-breakpoint
CREATE POLICY "server_does_all" ON "enrollments" AS PERMISSIVE FOR ALL TO "service_role" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "reads" ON "students" AS PERMISSIVE FOR SELECT TO "authenticated" USING (id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text))::uuid or (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) in ('instructor', 'admin'));--> statement-breakpoint
CREATE POLICY "inserts" ON "students" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK ((select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) = 'admin');--> statement-breakpoint
CREATE POLICY "updates" ON "students" AS PERMISSIVE FOR UPDATE TO "authenticated" USING ((select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) = 'admin') WITH CHECK ((select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) = 'admin');--> statement-breakpoint
CREATE POLICY "deletes" ON "students" AS PERMISSIVE FOR DELETE TO "authenticated" USING ((select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) = 'admin');--> statement-breakpoint
CREATE POLICY "server_does_all" ON "students" AS PERMISSIVE FOR ALL TO "service_role" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "reads" ON "users" AS PERMISSIVE FOR SELECT TO "authenticated" USING (id = (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text))::uuid or (select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) in ('instructor', 'admin'));--> statement-breakpoint
CREATE POLICY "inserts" ON "users" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK ((select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) = 'admin');--> statement-breakpoint
CREATE POLICY "updates" ON "users" AS PERMISSIVE FOR UPDATE TO "authenticated" USING ((select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) = 'admin') WITH CHECK ((select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) = 'admin');--> statement-breakpoint
CREATE POLICY "deletes" ON "users" AS PERMISSIVE FOR DELETE TO "authenticated" USING ((select ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'user_role'::text)) = 'admin');--> statement-breakpoint
CREATE POLICY "server_does_all" ON "users" AS PERMISSIVE FOR ALL TO "service_role" USING (true) WITH CHECK (true);