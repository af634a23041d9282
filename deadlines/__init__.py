"""What becomes of things when their day is over."""
