"""Planning a school's lessons, and its year."""
