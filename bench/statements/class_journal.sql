-- ClassJournal for a teacher of the section: a page of one subject of a class in one term.
WITH me AS (
    SELECT account.person_id
    FROM session
    JOIN account ON account.id = session.account_id AND account.blocked_at IS NULL
    WHERE session.id = $1 AND session.ended_at IS NULL AND session.expires_at > now()
      AND account.id = $2
),
taught AS MATERIALIZED (
    SELECT assignment.section_id AS id, section.school_class_id
    FROM me
    JOIN teaching_assignment assignment ON assignment.teacher_id = me.person_id
    JOIN course_section section ON section.id = assignment.section_id
    WHERE assignment.valid_from <= CURRENT_DATE
      AND (assignment.valid_until IS NULL OR assignment.valid_until > CURRENT_DATE)
),
page AS MATERIALIZED (
    SELECT journal_page.* FROM journal_page
    WHERE journal_page.school_class_id = $3 AND journal_page.subject_id = $4
      AND journal_page.term_id = $5 AND journal_page.section_id IN (SELECT taught.id FROM taught)
),
held AS MATERIALIZED (
    SELECT row_number() OVER (ORDER BY lesson.date, lesson.shift, lesson.number, lesson.id) AS place,
           lesson.id, lesson.section_id, lesson.school_class_id, lesson.date, lesson.number, lesson.topic,
           encode(('Lesson:' || lesson.id)::bytea, 'base64') AS node
    FROM page
    JOIN lesson ON lesson.section_id = page.section_id
     AND lesson.date BETWEEN page.starts_on AND page.ends_on
),
marked AS (
    SELECT mark.lesson_id, mark.student_id,
        string_agg('{"id":"' || encode(('Mark:' || mark.id)::bytea, 'base64')
            || '","value":' || coalesce(mark.value::text, 'null')
            || ',"text":"' || CASE mark.sign WHEN 'PASSED' THEN 'зач' WHEN 'FAILED' THEN 'незач'
                WHEN 'EXEMPT' THEN 'осв' WHEN 'NOT_ATTESTED' THEN 'н/а' ELSE mark.value::text END
            || '","weight":' || mark.weight || ',"version":' || mark.version || '}',
            ',' ORDER BY mark.recorded_at, mark.id) AS items
    FROM held JOIN mark ON mark.lesson_id = held.id
    WHERE mark.removed_at IS NULL
    GROUP BY mark.lesson_id, mark.student_id
),
attended AS (
    SELECT attendance.lesson_id, attendance.student_id, attendance.code
    FROM held JOIN attendance ON attendance.lesson_id = held.id
),
cells AS (
    SELECT cell.student_id, cell.section_id, string_agg(
        '{"lessonId":"' || cell.node
        || '","attendance":' || coalesce('{"code":"' || attended.code || '"}', 'null')
        || ',"marks":[' || coalesce(marked.items, '') || ']}',
        ',' ORDER BY cell.place) AS items
    FROM (
        SELECT enrollment.student_id, held.section_id, held.id AS lesson_id, held.place, held.node
        FROM held
        JOIN enrollment
          ON enrollment.school_class_id = held.school_class_id
         AND held.date >= enrollment.valid_from
         AND (enrollment.valid_until IS NULL OR held.date < enrollment.valid_until)
    ) cell
    FULL JOIN attended ON attended.lesson_id = cell.lesson_id AND attended.student_id = cell.student_id
    FULL JOIN marked ON marked.lesson_id = cell.lesson_id AND marked.student_id = cell.student_id
    GROUP BY cell.student_id, cell.section_id
),
pupils AS (
    SELECT enrollment.student_id FROM enrollment
    WHERE enrollment.school_class_id IN (SELECT taught.school_class_id FROM taught)
      AND enrollment.valid_from <= CURRENT_DATE
      AND (enrollment.valid_until IS NULL OR enrollment.valid_until > CURRENT_DATE)
)
SELECT convert_to('{"data":{"classJournal":' || coalesce((
    SELECT '{"term":' || (
            SELECT '{"id":"' || encode(('Term:' || term.id)::bytea, 'base64')
                || '","name":' || to_json(term.name)
                || ',"startsOn":"' || term.starts_on || '","endsOn":"' || term.ends_on || '"}'
            FROM term WHERE term.id = $5
        )
        || ',"lessons":[' || coalesce((
            SELECT string_agg('{"id":"' || held.node || '","date":"' || held.date
                || '","number":' || held.number
                || ',"topic":' || coalesce(to_json(held.topic)::text, 'null') || '}',
                ',' ORDER BY held.place)
            FROM held
        ), '')
        || '],"rows":[' || coalesce((
            SELECT string_agg('{"student":' || CASE WHEN line.student_id IN (SELECT pupils.student_id FROM pupils)
                    THEN '{"id":"' || encode(('Student:' || line.student_id)::bytea, 'base64')
                        || '","fullName":' || to_json(person.full_name) || '}'
                    ELSE 'null' END
                || ',"weightedAverage":' || coalesce(line.weighted_average::text, 'null')
                || ',"periodMark":' || coalesce((
                    SELECT '{"text":"' || CASE given.sign WHEN 'PASSED' THEN 'зач'
                        WHEN 'FAILED' THEN 'незач' WHEN 'EXEMPT' THEN 'осв'
                        WHEN 'NOT_ATTESTED' THEN 'н/а' ELSE given.value::text END || '"}'
                    FROM period_mark given
                    WHERE given.student_id = line.student_id
                      AND given.section_id = line.section_id AND given.term_id = line.term_id
                ), 'null')
                || ',"entries":[' || coalesce(cells.items, '') || ']}',
                ',' ORDER BY person.full_name, line.student_id)
            FROM journal_row line
            JOIN student ON student.id = line.student_id
            JOIN person ON person.id = student.person_id
            LEFT JOIN cells
              ON cells.student_id = line.student_id AND cells.section_id = line.section_id
            WHERE line.school_class_id = $3 AND line.subject_id = $4 AND line.term_id = $5
              AND line.section_id IN (SELECT taught.id FROM taught)
        ), '')
        || ']}'
    FROM page LIMIT 1
), 'null') || '}}', 'UTF8')
