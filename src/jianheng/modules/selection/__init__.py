"""How the institution is chosen: agreement, draw, designation."""
