"""Internal mail, as those who write and read it know it."""
