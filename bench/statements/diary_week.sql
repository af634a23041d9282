-- DiaryWeek for a guardian: the child's lessons of some days, with marks, attendance and homework.
WITH me AS (
    SELECT account.person_id
    FROM session
    JOIN account ON account.id = session.account_id AND account.blocked_at IS NULL
    WHERE session.id = $1 AND session.ended_at IS NULL AND session.expires_at > now()
      AND account.id = $2
),
child AS (
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
),
lessons AS (
    SELECT entry.date, json_agg(json_build_object(
        'id', encode(('Lesson:' || entry.lesson_id)::bytea, 'base64'),
        'number', entry.number,
        'startsAt', entry.starts_at,
        'endsAt', entry.ends_at,
        'room', room.name,
        'topic', entry.topic,
        'subject', json_build_object(
            'id', encode(('Subject:' || subject.id)::bytea, 'base64'), 'name', subject.name
        ),
        'teacher', CASE WHEN teacher.id IS NOT NULL THEN json_build_object(
            'id', encode(('StaffMember:' || teacher.id)::bytea, 'base64'),
            'fullName', teacher.full_name
        ) END,
        'homework', coalesce((
            SELECT json_agg(json_build_object(
                'id', encode(('Homework:' || homework.id)::bytea, 'base64'),
                'text', homework.text,
                'dueOn', homework.due_on
            ) ORDER BY homework.due_on, homework.id)
            FROM homework WHERE homework.lesson_id = entry.lesson_id
        ), '[]'),
        'attendance', (
            SELECT json_build_object('code', attendance.code, 'note', attendance.note)
            FROM attendance
            WHERE attendance.lesson_id = entry.lesson_id AND attendance.student_id = entry.student_id
        ),
        'marks', coalesce((
            SELECT json_agg(json_build_object(
                'id', encode(('Mark:' || mark.id)::bytea, 'base64'),
                'value', mark.value,
                'text', CASE mark.sign WHEN 'PASSED' THEN 'зач' WHEN 'FAILED' THEN 'незач'
                    WHEN 'EXEMPT' THEN 'осв' WHEN 'NOT_ATTESTED' THEN 'н/а'
                    ELSE mark.value::text END,
                'weight', mark.weight,
                'workType', json_build_object('code', work_type.code, 'name', work_type.name),
                'comment', mark.comment,
                'recordedAt', to_char(
                    mark.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'
                )
            ) ORDER BY mark.recorded_at, mark.id)
            FROM mark
            JOIN work_type ON work_type.id = mark.work_type_id
            WHERE mark.lesson_id = entry.lesson_id AND mark.student_id = entry.student_id
              AND mark.removed_at IS NULL
        ), '[]')
    ) ORDER BY entry.shift, entry.number, entry.lesson_id) AS items
    FROM child
    JOIN diary_entry entry ON entry.student_id = child.id AND entry.date BETWEEN $4 AND $5
    JOIN course_section section ON section.id = entry.section_id
    JOIN subject ON subject.id = section.subject_id
    LEFT JOIN room ON room.id = entry.room_id
    LEFT JOIN person teacher
      ON teacher.id = entry.teacher_id
     AND EXISTS (SELECT FROM staff_post WHERE staff_post.person_id = teacher.id)
    GROUP BY entry.date
)
SELECT json_build_object('data', json_build_object('student', (
    SELECT json_build_object(
        'id', encode(('Student:' || child.id)::bytea, 'base64'),
        'fullName', child.full_name,
        'schoolClass', (
            SELECT json_build_object(
                'id', encode(('SchoolClass:' || class.id)::bytea, 'base64'), 'name', class.name
            )
            FROM enrollment
            JOIN school_class class ON class.id = enrollment.school_class_id
            WHERE enrollment.student_id = child.id AND enrollment.kind = 'HOMEROOM'
              AND enrollment.valid_from <= CURRENT_DATE
              AND (enrollment.valid_until IS NULL OR enrollment.valid_until > CURRENT_DATE)
            ORDER BY class.id LIMIT 1
        ),
        'diary', coalesce((
            SELECT json_agg(
                json_build_object('date', lessons.date, 'lessons', lessons.items)
                ORDER BY lessons.date
            ) FROM lessons
        ), '[]')
    ) FROM child
)))::text
