"""Trying Leadlight without setting anything up: scoring files, and a year of demo data."""

from leadlight.tryout.demo.loader import load_demo
from leadlight.tryout.leads import Lead, Reason
from leadlight.tryout.model_file import read_model
from leadlight.tryout.output import print_csv, print_json, print_table
from leadlight.tryout.problems import BadLine, Problems, UnreadableFile
from leadlight.tryout.rows import UnknownField
from leadlight.tryout.service import Progress, Request, Summary, score_files

__all__ = [
    "BadLine",
    "Lead",
    "Problems",
    "Progress",
    "Reason",
    "Request",
    "Summary",
    "UnknownField",
    "UnreadableFile",
    "load_demo",
    "print_csv",
    "print_json",
    "print_table",
    "read_model",
    "score_files",
]
