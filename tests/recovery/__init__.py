"""Accounts are recovered by codes that are read in a real mailbox."""
