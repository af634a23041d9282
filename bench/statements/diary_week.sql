-- DiaryWeek for a guardian: the child's lessons of some days, with marks, attendance and homework.
WITH me AS (
    SELECT account.person_id
    FROM session
    JOIN account ON account.id = session.account_id AND account.blocked_at IS NULL
    WHERE session.id = $1 AND session.ended_at IS NULL AND session.expires_at > now()
      AND account.id = $2
),
child AS MATERIALIZED (
    SELECT student.id, person.full_name
    FROM student
    JOIN person ON person.id = student.person_id
    WHERE student.id = $3
      AND EXISTS (
          SELECT FROM me
          JOIN guardianship ON guardianship.guardian_id = me.person_id
          WHERE guardianship.student_id = student.id
            AND guardianship.valid_from <= CURRENT_DATE
            AND (guardianship.valid_until IS NULL OR guardianship.valid_until > CURRENT_DATE)
      )
)
SELECT convert_to('{"data":{"student":' || coalesce((
    SELECT '{"id":"' || encode(('Student:' || child.id)::bytea, 'base64')
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
        || ',"diary":[' || coalesce((
            SELECT string_agg('{"date":"' || day.date || '","lessons":[' || day.lessons || ']}', ',')
            FROM (
                SELECT lesson.date, string_agg(lesson.item, ',') AS lessons
                FROM (
                    SELECT entry.date, '{"id":"' || encode(('Lesson:' || entry.lesson_id)::bytea, 'base64')
                        || '","number":' || entry.number
                        || ',"startsAt":"' || entry.starts_at
                        || '","endsAt":"' || entry.ends_at
                        || '","room":' || coalesce(to_json(room.name)::text, 'null')
                        || ',"topic":' || coalesce(to_json(entry.topic)::text, 'null')
                        || ',"subject":{"id":"' || encode(('Subject:' || subject.id)::bytea, 'base64')
                        || '","name":' || to_json(subject.name)
                        || '},"teacher":' || coalesce(
                            '{"id":"' || encode(('StaffMember:' || teacher.id)::bytea, 'base64')
                            || '","fullName":' || to_json(teacher.full_name) || '}', 'null')
                        || ',"homework":[' || coalesce((
                            SELECT string_agg(
                                '{"id":"' || encode(('Homework:' || homework.id)::bytea, 'base64')
                                || '","text":' || to_json(homework.text)
                                || ',"dueOn":"' || homework.due_on || '"}',
                                ',' ORDER BY homework.due_on, homework.id)
                            FROM homework WHERE homework.lesson_id = entry.lesson_id
                        ), '')
                        || '],"attendance":' || coalesce(
                            '{"code":"' || attendance.code
                            || '","note":' || coalesce(to_json(attendance.note)::text, 'null') || '}', 'null')
                        || ',"marks":[' || coalesce((
                            SELECT string_agg(
                                '{"id":"' || encode(('Mark:' || mark.id)::bytea, 'base64')
                                || '","value":' || coalesce(mark.value::text, 'null')
                                || ',"text":"' || CASE mark.sign WHEN 'PASSED' THEN 'зач'
                                    WHEN 'FAILED' THEN 'незач' WHEN 'EXEMPT' THEN 'осв'
                                    WHEN 'NOT_ATTESTED' THEN 'н/а' ELSE mark.value::text END
                                || '","weight":' || mark.weight
                                || ',"workType":{"code":' || to_json(work_type.code)
                                || ',"name":' || to_json(work_type.name)
                                || '},"comment":' || coalesce(to_json(mark.comment)::text, 'null')
                                || ',"recordedAt":"' || replace((mark.recorded_at AT TIME ZONE 'UTC')::text, ' ', 'T')
                                || '+00:00"}',
                                ',' ORDER BY mark.recorded_at, mark.id)
                            FROM mark
                            JOIN work_type ON work_type.id = mark.work_type_id
                            WHERE mark.lesson_id = entry.lesson_id AND mark.student_id = entry.student_id
                              AND mark.removed_at IS NULL
                        ), '')
                        || ']}' AS item
                    FROM diary_entry entry
                    JOIN course_section section ON section.id = entry.section_id
                    JOIN subject ON subject.id = section.subject_id
                    LEFT JOIN room ON room.id = entry.room_id
                    LEFT JOIN person teacher
                      ON teacher.id = entry.teacher_id
                     AND EXISTS (SELECT FROM staff_post WHERE staff_post.person_id = teacher.id)
                    LEFT JOIN attendance
                      ON attendance.lesson_id = entry.lesson_id AND attendance.student_id = entry.student_id
                    WHERE entry.student_id = child.id AND entry.date BETWEEN $4 AND $5
                    ORDER BY entry.date, entry.shift, entry.number, entry.lesson_id
                ) lesson
                GROUP BY lesson.date ORDER BY lesson.date
            ) day
        ), '') || ']}'
    FROM child
), 'null') || '}}', 'UTF8')
