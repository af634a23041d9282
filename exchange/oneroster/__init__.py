"""OneRoster 1.1 and 1.2 in CSV: read, checked, planned, and taken in by one transaction."""
