"""Conditions in memory: whether one holds for a person now, and when time alone could change that."""

from leadlight.rules.evaluation.conditions import evaluate

__all__ = ["evaluate"]
