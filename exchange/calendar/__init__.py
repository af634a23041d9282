"""What concerns a person, for calendar programs: iCalendar (RFC 5545) at a secret address."""
