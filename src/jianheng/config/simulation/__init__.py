"""A province at work in virtual time: invented people do the real acts through the same doors as the desks."""
