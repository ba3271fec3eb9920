"""Leadlight: marketing automation in which every score adds up."""
