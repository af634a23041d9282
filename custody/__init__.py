"""What an operator does with the audit trail and with personal data at rest."""
