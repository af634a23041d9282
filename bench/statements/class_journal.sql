-- ClassJournal for a teacher of the section: a page of one subject of a class in one term.
WITH me AS (
    SELECT account.person_id
    FROM session
    JOIN account ON account.id = session.account_id AND account.blocked_at IS NULL
    WHERE session.id = $1 AND session.ended_at IS NULL AND session.expires_at > now()
      AND account.id = $2
),
taught AS (
    SELECT assignment.section_id AS id, section.school_class_id
    FROM me
    JOIN teaching_assignment assignment ON assignment.teacher_id = me.person_id
    JOIN course_section section ON section.id = assignment.section_id
    WHERE assignment.valid_from <= CURRENT_DATE
      AND (assignment.valid_until IS NULL OR assignment.valid_until > CURRENT_DATE)
),
page AS (
    SELECT journal_page.* FROM journal_page
    WHERE journal_page.school_class_id = $3 AND journal_page.subject_id = $4
      AND journal_page.term_id = $5 AND journal_page.section_id IN (SELECT taught.id FROM taught)
),
held AS (
    SELECT DISTINCT lesson.* FROM page
    JOIN lesson ON lesson.section_id = page.section_id
    WHERE lesson.date BETWEEN page.starts_on AND page.ends_on
),
attended AS (
    SELECT attendance.lesson_id, attendance.student_id,
           json_build_object('code', attendance.code) AS item
    FROM attendance JOIN held ON held.id = attendance.lesson_id
),
marked AS (
    SELECT mark.lesson_id, mark.student_id, json_agg(json_build_object(
        'id', encode(('Mark:' || mark.id)::bytea, 'base64'),
        'value', mark.value,
        'text', CASE mark.sign WHEN 'PASSED' THEN 'зач' WHEN 'FAILED' THEN 'незач'
            WHEN 'EXEMPT' THEN 'осв' WHEN 'NOT_ATTESTED' THEN 'н/а' ELSE mark.value::text END,
        'weight', mark.weight,
        'version', mark.version
    ) ORDER BY mark.recorded_at, mark.id) AS items
    FROM mark JOIN held ON held.id = mark.lesson_id
    WHERE mark.removed_at IS NULL
    GROUP BY mark.lesson_id, mark.student_id
),
cells AS (
    SELECT enrollment.student_id, held.section_id, json_agg(json_build_object(
        'lessonId', encode(('Lesson:' || held.id)::bytea, 'base64'),
        'attendance', attended.item,
        'marks', coalesce(marked.items, '[]')
    ) ORDER BY held.date, held.shift, held.number, held.id) AS items
    FROM held
    JOIN enrollment
      ON enrollment.school_class_id = held.school_class_id
     AND held.date >= enrollment.valid_from
     AND (enrollment.valid_until IS NULL OR held.date < enrollment.valid_until)
    LEFT JOIN attended
      ON attended.lesson_id = held.id AND attended.student_id = enrollment.student_id
    LEFT JOIN marked ON marked.lesson_id = held.id AND marked.student_id = enrollment.student_id
    GROUP BY enrollment.student_id, held.section_id
),
pupils AS (
    SELECT enrollment.student_id FROM enrollment
    WHERE enrollment.school_class_id IN (SELECT taught.school_class_id FROM taught)
      AND enrollment.valid_from <= CURRENT_DATE
      AND (enrollment.valid_until IS NULL OR enrollment.valid_until > CURRENT_DATE)
)
SELECT json_build_object('data', json_build_object('classJournal', (
    SELECT json_build_object(
        'term', (
            SELECT json_build_object(
                'id', encode(('Term:' || term.id)::bytea, 'base64'), 'name', term.name,
                'startsOn', term.starts_on, 'endsOn', term.ends_on
            ) FROM term WHERE term.id = page.term_id
        ),
        'lessons', coalesce((
            SELECT json_agg(json_build_object(
                'id', encode(('Lesson:' || held.id)::bytea, 'base64'),
                'date', held.date, 'number', held.number, 'topic', held.topic
            ) ORDER BY held.date, held.shift, held.number, held.id) FROM held
        ), '[]'),
        'rows', coalesce((
            SELECT json_agg(json_build_object(
                'student', CASE WHEN line.student_id IN (SELECT pupils.student_id FROM pupils)
                    THEN json_build_object(
                        'id', encode(('Student:' || line.student_id)::bytea, 'base64'),
                        'fullName', person.full_name
                    ) END,
                'weightedAverage', line.weighted_average,
                'periodMark', (
                    SELECT json_build_object('text', CASE given.sign WHEN 'PASSED' THEN 'зач'
                        WHEN 'FAILED' THEN 'незач' WHEN 'EXEMPT' THEN 'осв'
                        WHEN 'NOT_ATTESTED' THEN 'н/а' ELSE given.value::text END)
                    FROM period_mark given
                    WHERE given.student_id = line.student_id
                      AND given.section_id = line.section_id AND given.term_id = line.term_id
                ),
                'entries', coalesce(cells.items, '[]')
            ) ORDER BY person.full_name, line.student_id)
            FROM journal_row line
            JOIN student ON student.id = line.student_id
            JOIN person ON person.id = student.person_id
            LEFT JOIN cells
              ON cells.student_id = line.student_id AND cells.section_id = line.section_id
            WHERE line.school_class_id = $3 AND line.subject_id = $4 AND line.term_id = $5
              AND line.section_id IN (SELECT taught.id FROM taught)
        ), '[]')
    )
    FROM page ORDER BY page.id LIMIT 1
)))::text
