"""Brings a database to the present schema; safe to run by several processes at once."""

from leadlight.migrations.runner import SchemaBehind, is_current, migrate

__all__ = ["SchemaBehind", "is_current", "migrate"]
