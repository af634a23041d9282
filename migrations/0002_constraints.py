"""The constraints of Meta.constraints, which CreateModel knows of but does not make.

As SQL, because Tortoise copies its whole state for each AddConstraint: 68 of them take seconds.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Checks and uniqueness, as the models declare them."""

    dependencies = [("diary", "0001_initial")]

    operations = [
        ops.RunSQL(
            [
                'ALTER TABLE "change_entry" ADD CONSTRAINT "change_entry_seq" UNIQUE ("topic", "seq")',
                "ALTER TABLE \"change_entry\" ADD CONSTRAINT \"change_entry_area_known\" CHECK (area IN ('MARKS', 'ATTENDANCE', 'HOMEWORK'))",
                'ALTER TABLE "external_record" ADD CONSTRAINT "external_record_id" UNIQUE ("source", "kind", "sourced_id")',
                "ALTER TABLE \"person\" ADD CONSTRAINT \"person_sex_known\" CHECK (sex IN ('FEMALE', 'MALE'))",
                'ALTER TABLE "person" ADD CONSTRAINT "person_snils_digits" CHECK (snils ~ \'^[0-9]{11}$\')',
                'ALTER TABLE "account" ADD CONSTRAINT "account_login_lower" CHECK (login = lower(login))',
                'ALTER TABLE "idempotent_answer" ADD CONSTRAINT "idempotent_answer_key" UNIQUE ("account_id", "key", "place")',
                'ALTER TABLE "message" ADD CONSTRAINT "message_body_length" CHECK (length(body) <= 65535)',
                'ALTER TABLE "message_receipt" ADD CONSTRAINT "message_receipt_once" UNIQUE ("message_id", "recipient_id")',
                'ALTER TABLE "municipality" ADD CONSTRAINT "municipality_name" UNIQUE ("region_id", "name")',
                'ALTER TABLE "municipality_code" ADD CONSTRAINT "municipality_code_start" UNIQUE ("municipality_id", "valid_from")',
                'ALTER TABLE "municipality_code" ADD CONSTRAINT "municipality_code_valid_until_in_order" CHECK (valid_until IS NULL OR valid_until >= valid_from)',
                'ALTER TABLE "school_event" ADD CONSTRAINT "school_event_in_order" CHECK (ends_at IS NULL OR ends_at >= starts_at)',
                'ALTER TABLE "session" ADD CONSTRAINT "session_times_in_order" CHECK (expires_at > created_at)',
                'ALTER TABLE "settlement" ADD CONSTRAINT "settlement_name" UNIQUE ("municipality_id", "name", "kind")',
                "ALTER TABLE \"organization\" ADD CONSTRAINT \"organization_kind_known\" CHECK (kind IN ('PRESCHOOL', 'GENERAL', 'SUPPLEMENTARY', 'VOCATIONAL', 'MUNICIPAL_AUTHORITY', 'REGIONAL_AUTHORITY', 'OPERATOR'))",
                'ALTER TABLE "bell_schedule" ADD CONSTRAINT "bell_schedule_name" UNIQUE ("organization_id", "name")',
                'ALTER TABLE "bell_period" ADD CONSTRAINT "bell_period_number" UNIQUE ("bell_schedule_id", "shift", "number")',
                'ALTER TABLE "bell_period" ADD CONSTRAINT "bell_period_in_order" CHECK (ends_at > starts_at)',
                'ALTER TABLE "room" ADD CONSTRAINT "room_name" UNIQUE ("organization_id", "name")',
                'ALTER TABLE "school_year" ADD CONSTRAINT "school_year_start" UNIQUE ("organization_id", "starts_on")',
                'ALTER TABLE "school_year" ADD CONSTRAINT "school_year_in_order" CHECK (ends_on > starts_on)',
                "ALTER TABLE \"school_class\" ADD CONSTRAINT \"school_class_kind_known\" CHECK (kind IN ('HOMEROOM', 'GROUP'))",
                'ALTER TABLE "school_class" ADD CONSTRAINT "school_class_name" UNIQUE ("school_year_id", "name")',
                'ALTER TABLE "school_class" ADD CONSTRAINT "school_class_identity" UNIQUE ("id", "organization_id", "kind")',
                'ALTER TABLE "school_class" ADD CONSTRAINT "school_class_place" UNIQUE ("id", "organization_id")',
                'ALTER TABLE "school_class" ADD CONSTRAINT "school_class_grade_level" CHECK (grade_level BETWEEN 0 AND 12)',
                'ALTER TABLE "school_class" ADD CONSTRAINT "school_class_group_of" CHECK (parent_id IS NULL OR kind = \'GROUP\')',
                'ALTER TABLE "event_audience" ADD CONSTRAINT "event_audience_class" UNIQUE ("event_id", "school_class_id")',
                'CREATE UNIQUE INDEX "event_audience_organization" ON "event_audience" ("event_id", "organization_id") WHERE school_class_id IS NULL',
                "ALTER TABLE \"staff_post\" ADD CONSTRAINT \"staff_post_position_known\" CHECK (position IN ('TEACHER', 'DEPUTY_HEAD', 'HEAD', 'SCHOOL_ADMINISTRATOR', 'LIBRARIAN', 'PSYCHOLOGIST', 'MUNICIPAL_AUTHORITY', 'REGIONAL_OPERATOR', 'SYSTEM_ADMINISTRATOR', 'SUPPORT'))",
                'ALTER TABLE "staff_post" ADD CONSTRAINT "staff_post_valid_until_in_order" CHECK (valid_until IS NULL OR valid_until >= valid_from)',
                "ALTER TABLE \"student\" ADD CONSTRAINT \"student_health_group_known\" CHECK (health_group IN ('I', 'II', 'III', 'IV', 'V'))",
                'ALTER TABLE "enrollment" ADD CONSTRAINT "enrollment_start" UNIQUE ("student_id", "school_class_id", "valid_from")',
                'ALTER TABLE "enrollment" ADD CONSTRAINT "enrollment_valid_until_in_order" CHECK (valid_until IS NULL OR valid_until >= valid_from)',
                "ALTER TABLE \"guardianship\" ADD CONSTRAINT \"guardianship_relation_known\" CHECK (relation IN ('MOTHER', 'FATHER', 'GRANDPARENT', 'GUARDIAN', 'OTHER'))",
                'ALTER TABLE "guardianship" ADD CONSTRAINT "guardianship_valid_until_in_order" CHECK (valid_until IS NULL OR valid_until >= valid_from)',
                'ALTER TABLE "course_section" ADD CONSTRAINT "course_section_subject" UNIQUE ("school_class_id", "subject_id")',
                'ALTER TABLE "course_section" ADD CONSTRAINT "course_section_class" UNIQUE ("id", "school_class_id")',
                'ALTER TABLE "lesson" ADD CONSTRAINT "lesson_class_slot" UNIQUE ("school_class_id", "date", "shift", "number")',
                'ALTER TABLE "lesson" ADD CONSTRAINT "lesson_teacher_slot" UNIQUE ("teacher_id", "date", "shift", "number")',
                'ALTER TABLE "lesson" ADD CONSTRAINT "lesson_room_slot" UNIQUE ("room_id", "date", "shift", "number")',
                'ALTER TABLE "lesson" ADD CONSTRAINT "lesson_section_pair" UNIQUE ("id", "section_id")',
                'ALTER TABLE "lesson" ADD CONSTRAINT "lesson_number" CHECK (number BETWEEN 0 AND 20)',
                'ALTER TABLE "lesson" ADD CONSTRAINT "lesson_in_order" CHECK (ends_at > starts_at)',
                'ALTER TABLE "attendance" ADD CONSTRAINT "attendance_lesson_student" UNIQUE ("lesson_id", "student_id")',
                "ALTER TABLE \"attendance\" ADD CONSTRAINT \"attendance_code_known\" CHECK (code IN ('PRESENT', 'ABSENT', 'ABSENT_EXCUSED', 'ABSENT_SICK', 'ABSENT_UNEXCUSED', 'LATE', 'EXEMPT'))",
                'ALTER TABLE "teaching_assignment" ADD CONSTRAINT "teaching_assignment_start" UNIQUE ("section_id", "teacher_id", "valid_from")',
                'ALTER TABLE "teaching_assignment" ADD CONSTRAINT "teaching_assignment_valid_until_in_order" CHECK (valid_until IS NULL OR valid_until >= valid_from)',
                "ALTER TABLE \"term\" ADD CONSTRAINT \"term_kind_known\" CHECK (kind IN ('QUARTER', 'TRIMESTER', 'SEMESTER', 'OTHER'))",
                'ALTER TABLE "term" ADD CONSTRAINT "term_number" UNIQUE ("school_year_id", "grade_level", "kind", "number")',
                'ALTER TABLE "term" ADD CONSTRAINT "term_in_order" CHECK (ends_on >= starts_on)',
                'ALTER TABLE "term" ADD CONSTRAINT "term_grade_level" CHECK (grade_level BETWEEN 0 AND 12)',
                'ALTER TABLE "period_mark" ADD CONSTRAINT "period_mark_term" UNIQUE ("student_id", "term_id", "section_id")',
                'ALTER TABLE "period_mark" ADD CONSTRAINT "period_mark_value_scale" CHECK (value BETWEEN 1 AND 5)',
                'ALTER TABLE "period_mark" ADD CONSTRAINT "period_mark_value_or_sign" CHECK ((value IS NULL) <> (sign IS NULL))',
                "ALTER TABLE \"period_mark\" ADD CONSTRAINT \"period_mark_sign_known\" CHECK (sign IN ('PASSED', 'FAILED', 'EXEMPT', 'NOT_ATTESTED'))",
                'ALTER TABLE "work_type" ADD CONSTRAINT "work_type_code" UNIQUE ("organization_id", "code")',
                'ALTER TABLE "work_type" ADD CONSTRAINT "work_type_weight" CHECK (weight > 0)',
                'ALTER TABLE "mark" ADD CONSTRAINT "mark_value_scale" CHECK (value BETWEEN 1 AND 5)',
                'ALTER TABLE "mark" ADD CONSTRAINT "mark_value_or_sign" CHECK ((value IS NULL) <> (sign IS NULL))',
                "ALTER TABLE \"mark\" ADD CONSTRAINT \"mark_sign_known\" CHECK (sign IN ('PASSED', 'FAILED', 'EXEMPT', 'NOT_ATTESTED'))",
                'ALTER TABLE "mark" ADD CONSTRAINT "mark_weight" CHECK (weight > 0)',
                'ALTER TABLE "mark" ADD CONSTRAINT "mark_version" CHECK (version > 0)',
                'ALTER TABLE "mark_revision" ADD CONSTRAINT "mark_revision_version" UNIQUE ("mark_id", "version")',
                "ALTER TABLE \"mark_revision\" ADD CONSTRAINT \"mark_revision_kind_known\" CHECK (kind IN ('RECORDED', 'CORRECTED', 'REMOVED'))",
                "ALTER TABLE \"mark_revision\" ADD CONSTRAINT \"mark_revision_sign_known\" CHECK (sign IN ('PASSED', 'FAILED', 'EXEMPT', 'NOT_ATTESTED'))",
                'ALTER TABLE "mark_revision" ADD CONSTRAINT "mark_revision_value_scale" CHECK (value BETWEEN 1 AND 5)',
                'ALTER TABLE "mark_revision" ADD CONSTRAINT "mark_revision_value_or_sign" CHECK ((value IS NULL) <> (sign IS NULL))',
                'ALTER TABLE "mark_revision" ADD CONSTRAINT "mark_revision_weight" CHECK (weight > 0)',
            ]
        ),
    ]
