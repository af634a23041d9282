-- RecordMark for a teacher of the lesson's section: mark, history, audit and log in one statement.
WITH me AS (
    SELECT account.person_id, ARRAY(
        SELECT DISTINCT held_role.role FROM held_role
        WHERE held_role.person_id = account.person_id ORDER BY held_role.role
    ) AS roles
    FROM session
    JOIN account ON account.id = session.account_id AND account.blocked_at IS NULL
    WHERE session.id = $1 AND session.ended_at IS NULL AND session.expires_at > now()
      AND account.id = $2
),
place AS (
    SELECT lesson.id AS lesson_id, lesson.date, class.organization_id,
           entry.student_id, work_type.id AS work_type_id, work_type.weight
    FROM me
    JOIN lesson ON lesson.id = $3 AND lesson.date <= CURRENT_DATE
    JOIN school_class class ON class.id = lesson.school_class_id AND class.grade_level <> 1
    JOIN diary_entry entry ON entry.lesson_id = lesson.id AND entry.student_id = $4
    JOIN work_type
      ON work_type.organization_id = class.organization_id AND work_type.code = 'LESSON_ANSWER'
    WHERE lesson.section_id IN (
        SELECT assignment.section_id FROM teaching_assignment assignment
        WHERE assignment.teacher_id = me.person_id AND assignment.valid_from <= CURRENT_DATE
          AND (assignment.valid_until IS NULL OR assignment.valid_until > CURRENT_DATE)
    )
),
given AS (
    INSERT INTO mark (
        lesson_id, date, student_id, work_type_id, value, weight, version, recorded_at
    )
    SELECT place.lesson_id, place.date, place.student_id, place.work_type_id, $5::smallint,
           place.weight, 1, now()
    FROM place
    RETURNING *
),
revised AS (
    INSERT INTO mark_revision (mark_id, version, kind, value, weight, by_id, at)
    SELECT given.id, 1, 'RECORDED', given.value, given.weight, me.person_id, now()
    FROM given, me
),
audited AS (
    INSERT INTO audit_entry (at, person_id, roles, action, entity, row_id, after, request_id, address)
    SELECT now(), me.person_id, to_jsonb(me.roles), 'mark.recorded', 'Mark', given.id,
           jsonb_build_object('value', given.value, 'sign', given.sign, 'weight', given.weight,
                              'comment', given.comment),
           'limit', '127.0.0.1'
    FROM given, me
),
counted AS (
    INSERT INTO change_topic (topic, last_seq)
    SELECT 'school:' || place.organization_id, 1 FROM place
    ON CONFLICT (topic) DO UPDATE SET last_seq = change_topic.last_seq + 1
    RETURNING topic, last_seq
),
logged AS (
    INSERT INTO change_entry (topic, seq, area, kind, row_id, student_id, at)
    SELECT counted.topic, counted.last_seq, 'MARKS', 'RECORDED', given.id, given.student_id, now()
    FROM counted, given
)
SELECT convert_to('{"data":{"recordMark":' || (
    SELECT '{"mark":{"id":"' || encode(('Mark:' || given.id)::bytea, 'base64')
        || '","value":' || given.value
        || ',"text":"' || given.value
        || '","weight":' || given.weight
        || ',"version":' || given.version
        || ',"recordedAt":"' || replace((given.recorded_at AT TIME ZONE 'UTC')::text, ' ', 'T')
        || '+00:00","student":{"id":"'
        || encode(('Student:' || given.student_id)::bytea, 'base64')
        || '"},"lesson":{"id":"' || encode(('Lesson:' || given.lesson_id)::bytea, 'base64')
        || '","date":"' || place.date || '"}},"userErrors":[]}'
    FROM given JOIN place ON true
) || '}}', 'UTF8')
