"""Events published upward in the same transaction, and the outbox that takes them outside."""
