-- ParentDashboard for a guardian: news of the school, averages, latest marks and overdue works.
WITH me AS (
    SELECT account.id, account.person_id
    FROM session
    JOIN account ON account.id = session.account_id AND account.blocked_at IS NULL
    WHERE session.id = $1 AND session.ended_at IS NULL AND session.expires_at > now()
      AND account.id = $2
),
child AS (
    SELECT student.id, person.full_name, person.birth_date
    FROM me
    JOIN guardianship ON guardianship.guardian_id = me.person_id
    JOIN student ON student.id = guardianship.student_id
    JOIN person ON person.id = student.person_id
    WHERE guardianship.valid_from <= CURRENT_DATE
      AND (guardianship.valid_until IS NULL OR guardianship.valid_until > CURRENT_DATE)
),
event AS (
    SELECT school_event.*
    FROM school_event, me
    WHERE school_event.cancelled_at IS NULL
      AND (school_event.starts_at >= now() OR school_event.ends_at >= now())
      AND (
          school_event.author_id = me.person_id
          OR school_event.id IN (
              SELECT audience.event_id
              FROM event_audience audience
              WHERE audience.organization_id IN (
                      SELECT post.organization_id FROM staff_post post
                      WHERE post.person_id = me.person_id AND post.valid_from <= CURRENT_DATE
                        AND (post.valid_until IS NULL OR post.valid_until > CURRENT_DATE)
                  )
                 OR audience.school_class_id IN (
                      SELECT enrollment.school_class_id
                      FROM enrollment JOIN child ON child.id = enrollment.student_id
                  )
                 OR audience.school_class_id IS NULL AND audience.organization_id IN (
                      SELECT enrollment.organization_id
                      FROM enrollment JOIN child ON child.id = enrollment.student_id
                      WHERE enrollment.valid_from <= CURRENT_DATE
                        AND (enrollment.valid_until IS NULL
                             OR enrollment.valid_until > CURRENT_DATE)
                  )
          )
      )
    ORDER BY school_event.starts_at, school_event.id
    LIMIT 5
)
SELECT json_build_object('data', json_build_object('viewer', (
    SELECT json_build_object(
        'id', encode(('Viewer:' || me.id)::bytea, 'base64'),
        'unreadMessageCount', (
            SELECT count(*) FROM message_receipt receipt
            WHERE receipt.recipient_id = me.person_id AND receipt.read_at IS NULL
        ),
        'upcomingEvents', coalesce((
            SELECT json_agg(json_build_object(
                'id', encode(('SchoolEvent:' || event.id)::bytea, 'base64'),
                'title', event.title,
                'startsAt', to_char(
                    event.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'
                ),
                'endsAt', to_char(
                    event.ends_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'
                ),
                'place', event.place
            ) ORDER BY event.starts_at, event.id) FROM event
        ), '[]'),
        'children', coalesce((
            SELECT json_agg(json_build_object(
                'id', encode(('Student:' || child.id)::bytea, 'base64'),
                'fullName', child.full_name,
                'schoolClass', (
                    SELECT json_build_object(
                        'id', encode(('SchoolClass:' || class.id)::bytea, 'base64'),
                        'name', class.name
                    )
                    FROM enrollment
                    JOIN school_class class ON class.id = enrollment.school_class_id
                    WHERE enrollment.student_id = child.id AND enrollment.kind = 'HOMEROOM'
                      AND enrollment.valid_from <= CURRENT_DATE
                      AND (enrollment.valid_until IS NULL OR enrollment.valid_until > CURRENT_DATE)
                    ORDER BY class.id LIMIT 1
                ),
                'subjectAverages', coalesce((
                    SELECT json_agg(json_build_object(
                        'subject', json_build_object(
                            'id', encode(('Subject:' || subject.id)::bytea, 'base64'),
                            'name', subject.name
                        ),
                        'average', round(mean.average, 2),
                        'weightedAverage', round(mean.weighted, 2),
                        'markCount', mean.mark_count
                    ) ORDER BY subject.name, subject.id)
                    FROM (
                        SELECT section.subject_id, avg(mark.value) AS average, count(*) AS mark_count,
                               sum(mark.value * mark.weight)::numeric / sum(mark.weight) AS weighted
                        FROM mark
                        JOIN lesson ON lesson.id = mark.lesson_id
                        JOIN course_section section ON section.id = lesson.section_id
                        JOIN school_class class ON class.id = lesson.school_class_id
                        JOIN term
                          ON term.school_year_id = class.school_year_id
                         AND term.grade_level = class.grade_level
                         AND lesson.date BETWEEN term.starts_on AND term.ends_on
                         AND term.id IN (SELECT current_term.id FROM current_term)
                        WHERE mark.student_id = child.id AND mark.value IS NOT NULL
                          AND mark.removed_at IS NULL
                        GROUP BY section.subject_id, term.id
                    ) mean
                    JOIN subject ON subject.id = mean.subject_id
                ), '[]'),
                'recentMarks', coalesce((
                    SELECT json_agg(json_build_object(
                        'id', encode(('Mark:' || mark.id)::bytea, 'base64'),
                        'value', mark.value,
                        'text', CASE mark.sign WHEN 'PASSED' THEN 'зач' WHEN 'FAILED' THEN 'незач'
                            WHEN 'EXEMPT' THEN 'осв' WHEN 'NOT_ATTESTED' THEN 'н/а'
                            ELSE mark.value::text END,
                        'weight', mark.weight,
                        'recordedAt', to_char(
                            mark.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'
                        ),
                        'subject', json_build_object(
                            'id', encode(('Subject:' || subject.id)::bytea, 'base64'),
                            'name', subject.name
                        )
                    ) ORDER BY mark.recorded_at DESC, mark.id DESC)
                    FROM (
                        SELECT * FROM mark
                        WHERE mark.student_id = child.id AND mark.removed_at IS NULL
                        ORDER BY mark.recorded_at DESC, mark.id DESC LIMIT 10
                    ) mark
                    JOIN lesson ON lesson.id = mark.lesson_id
                    JOIN course_section section ON section.id = lesson.section_id
                    JOIN subject ON subject.id = section.subject_id
                ), '[]'),
                'overdueAssignments', coalesce((
                    SELECT json_agg(json_build_object(
                        'id', encode(('Assignment:' || work.assignment_id)::bytea, 'base64'),
                        'title', work.title,
                        'dueOn', work.due_on,
                        'subject', json_build_object(
                            'id', encode(('Subject:' || subject.id)::bytea, 'base64'),
                            'name', subject.name
                        )
                    ) ORDER BY work.due_on, work.assignment_id)
                    FROM overdue_work work
                    JOIN course_section section ON section.id = work.section_id
                    JOIN subject ON subject.id = section.subject_id
                    WHERE work.student_id = child.id
                ), '[]')
            ) ORDER BY child.birth_date, child.id) FROM child
        ), '[]')
    ) FROM me
)))::text
