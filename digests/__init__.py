"""Telling people by e-mail that there is mail to read: when, whom, and in what words."""
