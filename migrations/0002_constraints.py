"""The constraints of Meta.constraints: CreateModel leaves them out without a word."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    """Checks and uniqueness, as the models declare them."""

    dependencies = [("diary", "0001_initial")]

    operations = [
        ops.AddConstraint(
            "ChangeEntry",
            UniqueConstraint(fields=("topic", "seq"), name="change_entry_seq"),
        ),
        ops.AddConstraint(
            "ChangeEntry",
            CheckConstraint(
                check="area IN ('MARKS', 'ATTENDANCE', 'HOMEWORK')", name="change_entry_area_known"
            ),
        ),
        ops.AddConstraint(
            "ExternalRecord",
            UniqueConstraint(fields=("source", "kind", "sourced_id"), name="external_record_id"),
        ),
        ops.AddConstraint(
            "Person",
            CheckConstraint(check="sex IN ('FEMALE', 'MALE')", name="person_sex_known"),
        ),
        ops.AddConstraint(
            "Person",
            CheckConstraint(check="snils ~ '^[0-9]{11}$'", name="person_snils_digits"),
        ),
        ops.AddConstraint(
            "Account",
            CheckConstraint(check="login = lower(login)", name="account_login_lower"),
        ),
        ops.AddConstraint(
            "Message",
            CheckConstraint(check="length(body) <= 65535", name="message_body_length"),
        ),
        ops.AddConstraint(
            "MessageReceipt",
            UniqueConstraint(fields=("message_id", "recipient_id"), name="message_receipt_once"),
        ),
        ops.AddConstraint(
            "Municipality",
            UniqueConstraint(fields=("region_id", "name"), name="municipality_name"),
        ),
        ops.AddConstraint(
            "MunicipalityCode",
            UniqueConstraint(
                fields=("municipality_id", "valid_from"), name="municipality_code_start"
            ),
        ),
        ops.AddConstraint(
            "MunicipalityCode",
            CheckConstraint(
                check="valid_until IS NULL OR valid_until >= valid_from",
                name="municipality_code_valid_until_in_order",
            ),
        ),
        ops.AddConstraint(
            "SchoolEvent",
            CheckConstraint(
                check="ends_at IS NULL OR ends_at >= starts_at", name="school_event_in_order"
            ),
        ),
        ops.AddConstraint(
            "Session",
            CheckConstraint(check="expires_at > created_at", name="session_times_in_order"),
        ),
        ops.AddConstraint(
            "Settlement",
            UniqueConstraint(fields=("municipality_id", "name", "kind"), name="settlement_name"),
        ),
        ops.AddConstraint(
            "Organization",
            CheckConstraint(
                check="kind IN ('PRESCHOOL', 'GENERAL', 'SUPPLEMENTARY', 'VOCATIONAL', 'MUNICIPAL_AUTHORITY', 'REGIONAL_AUTHORITY', 'OPERATOR')",
                name="organization_kind_known",
            ),
        ),
        ops.AddConstraint(
            "BellSchedule",
            UniqueConstraint(fields=("organization_id", "name"), name="bell_schedule_name"),
        ),
        ops.AddConstraint(
            "BellPeriod",
            UniqueConstraint(
                fields=("bell_schedule_id", "shift", "number"), name="bell_period_number"
            ),
        ),
        ops.AddConstraint(
            "BellPeriod",
            CheckConstraint(check="ends_at > starts_at", name="bell_period_in_order"),
        ),
        ops.AddConstraint(
            "Room",
            UniqueConstraint(fields=("organization_id", "name"), name="room_name"),
        ),
        ops.AddConstraint(
            "SchoolYear",
            UniqueConstraint(fields=("organization_id", "starts_on"), name="school_year_start"),
        ),
        ops.AddConstraint(
            "SchoolYear",
            CheckConstraint(check="ends_on > starts_on", name="school_year_in_order"),
        ),
        ops.AddConstraint(
            "SchoolClass",
            CheckConstraint(check="kind IN ('HOMEROOM', 'GROUP')", name="school_class_kind_known"),
        ),
        ops.AddConstraint(
            "SchoolClass",
            UniqueConstraint(fields=("school_year_id", "name"), name="school_class_name"),
        ),
        ops.AddConstraint(
            "SchoolClass",
            UniqueConstraint(
                fields=("id", "organization_id", "kind"), name="school_class_identity"
            ),
        ),
        ops.AddConstraint(
            "SchoolClass",
            CheckConstraint(check="grade_level BETWEEN 0 AND 12", name="school_class_grade_level"),
        ),
        ops.AddConstraint(
            "SchoolClass",
            CheckConstraint(
                check="parent_id IS NULL OR kind = 'GROUP'", name="school_class_group_of"
            ),
        ),
        ops.AddConstraint(
            "EventAudience",
            UniqueConstraint(fields=("event_id", "school_class_id"), name="event_audience_class"),
        ),
        ops.AddConstraint(
            "EventAudience",
            UniqueConstraint(
                fields=("event_id", "organization_id"),
                name="event_audience_organization",
                condition="school_class_id IS NULL",
            ),
        ),
        ops.AddConstraint(
            "StaffPost",
            CheckConstraint(
                check="position IN ('TEACHER', 'DEPUTY_HEAD', 'HEAD', 'SCHOOL_ADMINISTRATOR', 'LIBRARIAN', 'PSYCHOLOGIST', 'MUNICIPAL_AUTHORITY', 'REGIONAL_OPERATOR', 'SYSTEM_ADMINISTRATOR', 'SUPPORT')",
                name="staff_post_position_known",
            ),
        ),
        ops.AddConstraint(
            "StaffPost",
            CheckConstraint(
                check="valid_until IS NULL OR valid_until >= valid_from",
                name="staff_post_valid_until_in_order",
            ),
        ),
        ops.AddConstraint(
            "Student",
            CheckConstraint(
                check="health_group IN ('I', 'II', 'III', 'IV', 'V')",
                name="student_health_group_known",
            ),
        ),
        ops.AddConstraint(
            "Enrollment",
            UniqueConstraint(
                fields=("student_id", "school_class_id", "valid_from"), name="enrollment_start"
            ),
        ),
        ops.AddConstraint(
            "Enrollment",
            CheckConstraint(
                check="valid_until IS NULL OR valid_until >= valid_from",
                name="enrollment_valid_until_in_order",
            ),
        ),
        ops.AddConstraint(
            "Guardianship",
            CheckConstraint(
                check="relation IN ('MOTHER', 'FATHER', 'GRANDPARENT', 'GUARDIAN', 'OTHER')",
                name="guardianship_relation_known",
            ),
        ),
        ops.AddConstraint(
            "Guardianship",
            CheckConstraint(
                check="valid_until IS NULL OR valid_until >= valid_from",
                name="guardianship_valid_until_in_order",
            ),
        ),
        ops.AddConstraint(
            "CourseSection",
            UniqueConstraint(
                fields=("school_class_id", "subject_id"), name="course_section_subject"
            ),
        ),
        ops.AddConstraint(
            "CourseSection",
            UniqueConstraint(fields=("id", "school_class_id"), name="course_section_class"),
        ),
        ops.AddConstraint(
            "Lesson",
            UniqueConstraint(
                fields=("school_class_id", "date", "shift", "number"), name="lesson_class_slot"
            ),
        ),
        ops.AddConstraint(
            "Lesson",
            UniqueConstraint(
                fields=("teacher_id", "date", "shift", "number"), name="lesson_teacher_slot"
            ),
        ),
        ops.AddConstraint(
            "Lesson",
            UniqueConstraint(
                fields=("room_id", "date", "shift", "number"), name="lesson_room_slot"
            ),
        ),
        ops.AddConstraint(
            "Lesson",
            UniqueConstraint(fields=("id", "section_id"), name="lesson_section_pair"),
        ),
        ops.AddConstraint(
            "Lesson",
            CheckConstraint(check="number BETWEEN 0 AND 20", name="lesson_number"),
        ),
        ops.AddConstraint(
            "Lesson",
            CheckConstraint(check="ends_at > starts_at", name="lesson_in_order"),
        ),
        ops.AddConstraint(
            "Attendance",
            UniqueConstraint(fields=("lesson_id", "student_id"), name="attendance_lesson_student"),
        ),
        ops.AddConstraint(
            "Attendance",
            CheckConstraint(
                check="code IN ('PRESENT', 'ABSENT', 'ABSENT_EXCUSED', 'ABSENT_SICK', 'ABSENT_UNEXCUSED', 'LATE', 'EXEMPT')",
                name="attendance_code_known",
            ),
        ),
        ops.AddConstraint(
            "TeachingAssignment",
            UniqueConstraint(
                fields=("section_id", "teacher_id", "valid_from"), name="teaching_assignment_start"
            ),
        ),
        ops.AddConstraint(
            "TeachingAssignment",
            CheckConstraint(
                check="valid_until IS NULL OR valid_until >= valid_from",
                name="teaching_assignment_valid_until_in_order",
            ),
        ),
        ops.AddConstraint(
            "Term",
            CheckConstraint(
                check="kind IN ('QUARTER', 'TRIMESTER', 'SEMESTER', 'OTHER')",
                name="term_kind_known",
            ),
        ),
        ops.AddConstraint(
            "Term",
            UniqueConstraint(
                fields=("school_year_id", "grade_level", "kind", "number"), name="term_number"
            ),
        ),
        ops.AddConstraint(
            "Term",
            CheckConstraint(check="ends_on >= starts_on", name="term_in_order"),
        ),
        ops.AddConstraint(
            "Term",
            CheckConstraint(check="grade_level BETWEEN 0 AND 12", name="term_grade_level"),
        ),
        ops.AddConstraint(
            "PeriodMark",
            UniqueConstraint(
                fields=("student_id", "term_id", "section_id"), name="period_mark_term"
            ),
        ),
        ops.AddConstraint(
            "PeriodMark",
            CheckConstraint(check="value BETWEEN 1 AND 5", name="period_mark_value_scale"),
        ),
        ops.AddConstraint(
            "PeriodMark",
            CheckConstraint(
                check="(value IS NULL) <> (sign IS NULL)", name="period_mark_value_or_sign"
            ),
        ),
        ops.AddConstraint(
            "PeriodMark",
            CheckConstraint(
                check="sign IN ('PASSED', 'FAILED', 'EXEMPT', 'NOT_ATTESTED')",
                name="period_mark_sign_known",
            ),
        ),
        ops.AddConstraint(
            "WorkType",
            UniqueConstraint(fields=("organization_id", "code"), name="work_type_code"),
        ),
        ops.AddConstraint(
            "WorkType",
            CheckConstraint(check="weight > 0", name="work_type_weight"),
        ),
        ops.AddConstraint(
            "Mark",
            CheckConstraint(check="value BETWEEN 1 AND 5", name="mark_value_scale"),
        ),
        ops.AddConstraint(
            "Mark",
            CheckConstraint(check="(value IS NULL) <> (sign IS NULL)", name="mark_value_or_sign"),
        ),
        ops.AddConstraint(
            "Mark",
            CheckConstraint(
                check="sign IN ('PASSED', 'FAILED', 'EXEMPT', 'NOT_ATTESTED')",
                name="mark_sign_known",
            ),
        ),
        ops.AddConstraint(
            "Mark",
            CheckConstraint(check="weight > 0", name="mark_weight"),
        ),
        ops.AddConstraint(
            "Mark",
            CheckConstraint(check="version > 0", name="mark_version"),
        ),
        ops.AddConstraint(
            "MarkRevision",
            UniqueConstraint(fields=("mark_id", "version"), name="mark_revision_version"),
        ),
        ops.AddConstraint(
            "MarkRevision",
            CheckConstraint(
                check="kind IN ('RECORDED', 'CORRECTED', 'REMOVED')",
                name="mark_revision_kind_known",
            ),
        ),
        ops.AddConstraint(
            "MarkRevision",
            CheckConstraint(
                check="sign IN ('PASSED', 'FAILED', 'EXEMPT', 'NOT_ATTESTED')",
                name="mark_revision_sign_known",
            ),
        ),
        ops.AddConstraint(
            "MarkRevision",
            CheckConstraint(check="value BETWEEN 1 AND 5", name="mark_revision_value_scale"),
        ),
        ops.AddConstraint(
            "MarkRevision",
            CheckConstraint(
                check="(value IS NULL) <> (sign IS NULL)", name="mark_revision_value_or_sign"
            ),
        ),
        ops.AddConstraint(
            "MarkRevision",
            CheckConstraint(check="weight > 0", name="mark_revision_weight"),
        ),
    ]
