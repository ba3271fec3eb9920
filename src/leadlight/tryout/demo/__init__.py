"""A year of a B2B software company, made up: people, firms, visits, mails, deals. Deterministic: the same end date gives the same year."""

from leadlight.tryout.demo.generate import demo_calls

__all__ = ["demo_calls"]
