"""Scenarios: whole cases in words a lawyer can read, played in process by the tests and over HTTP by the demonstration."""
