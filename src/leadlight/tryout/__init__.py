"""Trying Leadlight without setting anything up: scoring files, and a year of demo data."""
