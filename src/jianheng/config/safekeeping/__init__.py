"""Backup, restore and drill: an encrypted archive of the database, its write-ahead log and the files."""
