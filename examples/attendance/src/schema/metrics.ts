import { sql } from 'drizzle-orm';
import { integer, numeric, snakeCase, timestamp, uuid, varchar } from 'drizzle-orm/pg-core';
import { keyed } from 'hutch';

/**
 * What the dashboard shows of each student, as of the last refresh. Its key lets it be refreshed while it is read. Each
 * aggregate is made apart: joined together they would multiply one another.
 */
export const studentMetrics = keyed(
  snakeCase
    .materializedView('student_metrics_mv', {
      id: uuid().notNull(),
      studentNumber: varchar({ length: 32 }).notNull(),
      name: varchar({ length: 120 }).notNull(),
      sessions: integer().notNull(),
      attended: integer().notNull(),
      attendanceRate: numeric({ mode: 'number' }),
      feedbacks: integer().notNull(),
      averageScore: numeric({ mode: 'number' }),
      lastFeedbackAt: timestamp({ withTimezone: true }),
    })
    .as(sql`
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
      ) f on f.student_id = s.id`),
  (view) => [view.id],
);
