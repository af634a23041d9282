"""The tables that the generator fills, with their columns in the order in which it gives them."""

COLUMNS = {
    "region": "id name",
    "municipality": "id region_id name",
    "municipality_code": "id municipality_id oktmo valid_from valid_until",
    "settlement": "id municipality_id name kind",
    "organization": "id settlement_id kind name",
    "person": "id last_name first_name middle_name birth_date sex "
    "snils_sealed snils_digest phone email address workplace",
    "student": "id person_id health_group physical_education_group special_needs social_risk",
    "guardianship": "id student_id guardian_id relation valid_from valid_until",
    "staff_post": "id person_id organization_id position valid_from valid_until",
    "identity_document": "id person_id kind number_sealed number_digest checked_at checked_by_id",
    "data_consent": "id subject_id given_by_id organization_id purpose categories document "
    "given_on recorded_at recorded_by_id",
    "account": "id person_id login password_hash created_at",
    "school_year": "id organization_id name starts_on ends_on",
    "term": "id school_year_id grade_level kind number name starts_on ends_on",
    "subject": "id name",
    "school_class": "id organization_id school_year_id kind parent_id grade_level name "
    "homeroom_teacher_id",
    "enrollment": "id student_id school_class_id organization_id kind valid_from valid_until",
    "course_section": "id school_class_id subject_id",
    "teaching_assignment": "id section_id teacher_id valid_from valid_until",
    "substitution": "id section_id teacher_id valid_from valid_until",
    "bell_schedule": "id organization_id name is_usual",
    "vacation": "id school_year_id grade_level name starts_on ends_on",
    "calendar_day": "id date kind follows_weekday name",
    "bell_period": "id bell_schedule_id shift number starts_at ends_at",
    "room": "id organization_id name",
    "timetable_entry": "id section_id school_class_id whole_class_id teacher_id room_id "
    "weekday shift number parity valid_from valid_until",
    "work_type": "id organization_id code abbreviation name weight",
    "lesson": "id date shift number starts_at ends_at topic "
    "room_id school_class_id section_id teacher_id",
    "homework": "id lesson_id section_id text due_on due_lesson_id expected_minutes is_mandatory "
    "takes_answers",
    "homework_answer": "id homework_id student_id done_at text version answered_at read_at "
    "comment commented_at commented_by_id",
    "homework_answer_revision": "id answer_id version text at",
    "assignment": "id lesson_id section_id work_type_id title due_on is_mandatory",
    "mark": "id student_id value sign comment version recorded_at "
    "weight assignment_id lesson_id date work_type_id",
    "mark_revision": "id mark_id version kind value sign comment reason at weight by_id",
    "debt_mark": "id assignment_id lesson_id student_id deadline set_by_id set_at",
    "attendance": "id lesson_id student_id code",
    "absence_note": "id student_id school_class_id organization_id starts_on ends_on first_lesson "
    "last_lesson reason text state submitted_by_id submitted_at decided_by_id decided_at "
    "decision_reason",
    "period_mark": "id student_id section_id term_id value sign kind recorded_at",
    "period_mark_revision": "id period_mark_id version kind value sign by_id at",
    "retake": "id period_mark_id number held_on is_by_commission value sign by_id at",
    "message": "id sender_id subject body sent_at in_reply_to_id opening_id is_urgent "
    "requests_receipt",
    "message_folder": "id owner_id name",
    "message_draft": "id owner_id subject body groups reply_to_all is_urgent requests_receipt "
    "version changed_at",
    "message_receipt": "id message_id recipient_id read_at",
    "school_event": "id author_id organization_id title body place starts_at ends_at published_at "
    "asks_acknowledgement takes_registrations capacity",
    "event_audience": "id event_id organization_id school_class_id",
    "event_registration": "id event_id person_id registered_by_id registered_at is_waiting",
    "event_acknowledgement": "id event_id person_id acknowledged_at",
    "service_notice": "id published_by_id title body starts_at ends_at published_at",
}
