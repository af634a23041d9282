"""Personal data at rest: sealed, found again, and sealed anew."""
