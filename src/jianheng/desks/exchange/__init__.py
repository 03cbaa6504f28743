"""Machine to machine: everything the desks can do to a matter, under an organisation's own token."""
