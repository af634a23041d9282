-- ParentDashboard for a guardian: news of the school, averages, latest marks and overdue works.
WITH me AS MATERIALIZED (
    SELECT account.id, account.person_id
    FROM session
    JOIN account ON account.id = session.account_id AND account.blocked_at IS NULL
    WHERE session.id = $1 AND session.ended_at IS NULL AND session.expires_at > now()
      AND account.id = $2
),
child AS MATERIALIZED (
    SELECT student.id, person.full_name, person.birth_date
    FROM me
    JOIN guardianship ON guardianship.guardian_id = me.person_id
    JOIN student ON student.id = guardianship.student_id
    JOIN person ON person.id = student.person_id
    WHERE guardianship.valid_from <= CURRENT_DATE
      AND (guardianship.valid_until IS NULL OR guardianship.valid_until > CURRENT_DATE)
),
attended AS MATERIALIZED (
    SELECT enrollment.school_class_id, enrollment.organization_id
    FROM child JOIN enrollment ON enrollment.student_id = child.id
    WHERE enrollment.valid_from <= CURRENT_DATE
      AND (enrollment.valid_until IS NULL OR enrollment.valid_until > CURRENT_DATE)
),
heard AS (
    SELECT audience.event_id AS id
    FROM attended JOIN event_audience audience USING (school_class_id)
    UNION
    SELECT audience.event_id
    FROM (SELECT DISTINCT organization_id FROM attended) school
    JOIN event_audience audience USING (organization_id)
    WHERE audience.school_class_id IS NULL
    UNION
    SELECT audience.event_id
    FROM me
    JOIN staff_post post ON post.person_id = me.person_id
     AND post.valid_from <= CURRENT_DATE
     AND (post.valid_until IS NULL OR post.valid_until > CURRENT_DATE)
    JOIN event_audience audience USING (organization_id)
    UNION
    SELECT school_event.id FROM me JOIN school_event ON school_event.author_id = me.person_id
)
SELECT convert_to('{"data":{"viewer":' || coalesce((
    SELECT '{"id":"' || encode(('Viewer:' || me.id)::bytea, 'base64')
        || '","unreadMessageCount":' || (
            SELECT count(*) FROM message_receipt receipt
            WHERE receipt.recipient_id = me.person_id AND receipt.read_at IS NULL
        )
        || ',"upcomingEvents":[' || coalesce((
            SELECT string_agg(
                '{"id":"' || encode(('SchoolEvent:' || event.id)::bytea, 'base64')
                || '","title":' || to_json(event.title)
                || ',"startsAt":"' || replace((event.starts_at AT TIME ZONE 'UTC')::text, ' ', 'T')
                || '+00:00","endsAt":' || coalesce(
                    '"' || replace((event.ends_at AT TIME ZONE 'UTC')::text, ' ', 'T') || '+00:00"',
                    'null')
                || ',"place":' || coalesce(to_json(event.place)::text, 'null') || '}', ',')
            FROM (
                SELECT school_event.*
                FROM heard JOIN school_event USING (id)
                WHERE school_event.cancelled_at IS NULL
                  AND (school_event.starts_at >= now() OR school_event.ends_at >= now())
                ORDER BY school_event.starts_at, school_event.id LIMIT 5
            ) event
        ), '')
        || '],"children":[' || coalesce((
            SELECT string_agg(
                '{"id":"' || encode(('Student:' || child.id)::bytea, 'base64')
                || '","fullName":' || to_json(child.full_name)
                || ',"schoolClass":' || coalesce((
                    SELECT '{"id":"' || encode(('SchoolClass:' || class.id)::bytea, 'base64')
                        || '","name":' || to_json(class.name) || '}'
                    FROM enrollment
                    JOIN school_class class ON class.id = enrollment.school_class_id
                    WHERE enrollment.student_id = child.id AND enrollment.kind = 'HOMEROOM'
                      AND enrollment.valid_from <= CURRENT_DATE
                      AND (enrollment.valid_until IS NULL OR enrollment.valid_until > CURRENT_DATE)
                    ORDER BY class.id LIMIT 1
                ), 'null')
                || ',"subjectAverages":[' || coalesce((
                    SELECT string_agg(
                        '{"subject":{"id":"' || encode(('Subject:' || subject.id)::bytea, 'base64')
                        || '","name":' || to_json(subject.name)
                        || '},"average":' || mean.average
                        || ',"weightedAverage":' || mean.weighted_average
                        || ',"markCount":' || mean.mark_count || '}',
                        ',' ORDER BY subject.name, subject.id)
                    FROM subject_average mean
                    JOIN subject ON subject.id = mean.subject_id
                    WHERE mean.student_id = child.id
                      AND mean.is_current
                ), '')
                || '],"recentMarks":[' || coalesce((
                    SELECT string_agg(
                        '{"id":"' || encode(('Mark:' || mark.id)::bytea, 'base64')
                        || '","value":' || coalesce(mark.value::text, 'null')
                        || ',"text":"' || CASE mark.sign WHEN 'PASSED' THEN 'зач'
                            WHEN 'FAILED' THEN 'незач' WHEN 'EXEMPT' THEN 'осв'
                            WHEN 'NOT_ATTESTED' THEN 'н/а' ELSE mark.value::text END
                        || '","weight":' || mark.weight
                        || ',"recordedAt":"'
                        || replace((mark.recorded_at AT TIME ZONE 'UTC')::text, ' ', 'T')
                        || '+00:00","subject":{"id":"'
                        || encode(('Subject:' || subject.id)::bytea, 'base64')
                        || '","name":' || to_json(subject.name) || '}}',
                        ',' ORDER BY mark.recorded_at DESC, mark.id DESC)
                    FROM (
                        SELECT * FROM mark
                        WHERE mark.student_id = child.id AND mark.removed_at IS NULL
                        ORDER BY mark.recorded_at DESC, mark.id DESC LIMIT 10
                    ) mark
                    JOIN lesson ON lesson.id = mark.lesson_id
                    JOIN course_section section ON section.id = lesson.section_id
                    JOIN subject ON subject.id = section.subject_id
                ), '')
                || '],"overdueAssignments":[' || coalesce((
                    SELECT string_agg(
                        '{"id":"' || encode(('Assignment:' || work.assignment_id)::bytea, 'base64')
                        || '","title":' || to_json(work.title)
                        || ',"dueOn":"' || work.due_on
                        || '","subject":{"id":"'
                        || encode(('Subject:' || subject.id)::bytea, 'base64')
                        || '","name":' || to_json(subject.name) || '}}',
                        ',' ORDER BY work.due_on, work.assignment_id)
                    FROM overdue_work work
                    JOIN course_section section ON section.id = work.section_id
                    JOIN subject ON subject.id = section.subject_id
                    WHERE work.student_id = child.id
                ), '')
                || ']}', ',' ORDER BY child.birth_date, child.id)
            FROM child
        ), '')
        || ']}'
    FROM me
), 'null') || '}}', 'UTF8')
