"""The regulator's desk: a read-only overview of the institutions of its region."""
