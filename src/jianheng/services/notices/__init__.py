"""In-app inbox, SMS and e-mail behind ports."""
