"""What anybody may see: where to begin, progress for a party, verification of a paper, institutions, rules, the log."""
