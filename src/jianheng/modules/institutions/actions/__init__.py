"""What may be done to the register; the only place that writes it."""
