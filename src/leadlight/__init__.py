"""Leadlight: marketing automation in which every score adds up."""

__version__ = "0.1.0"
