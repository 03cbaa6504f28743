"""Stand-ins for SMS, e-mail and outside systems, shown as such."""
