"""Events and announcements, as those who write and read them know them."""
