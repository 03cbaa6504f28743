"""Matters, their open work items, terms and acts; runs the kernel's engine."""
