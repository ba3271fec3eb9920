"""People and companies: who is who, what is known of them, and how that is merged and taken apart."""

from leadlight.people.commands import (
    AddTag,
    Command,
    CreateContact,
    Merge,
    RemoveTag,
    SetFields,
    SetStage,
    Unmerge,
    load_for,
)
from leadlight.people.directory import Directory
from leadlight.people.emails import company_domain, normalise_email
from leadlight.people.errors import (
    EmailTaken,
    IdentityRace,
    NobodyNamed,
    SamePerson,
    UnknownAccount,
    UnknownContact,
    UnknownMerge,
)
from leadlight.people.fields import BUILT_IN, Field, Fields, FieldType, check_field, field_types, read_fields, types_of
from leadlight.people.load import contacts_of_accounts, load_directory, lock_free
from leadlight.people.model import (
    Account,
    Attribute,
    Claim,
    Contact,
    Move,
    Resolution,
    StageChange,
    Subject,
    SubjectKind,
    stage_at,
)
from leadlight.people.store import store_directory
from leadlight.people.view import display_name, primary_subject, problems_of, view_of

__all__ = [
    "BUILT_IN",
    "Account",
    "AddTag",
    "Attribute",
    "Claim",
    "Command",
    "Contact",
    "CreateContact",
    "Directory",
    "EmailTaken",
    "Field",
    "FieldType",
    "Fields",
    "IdentityRace",
    "Merge",
    "Move",
    "NobodyNamed",
    "RemoveTag",
    "Resolution",
    "SamePerson",
    "SetFields",
    "SetStage",
    "StageChange",
    "Subject",
    "SubjectKind",
    "UnknownAccount",
    "UnknownContact",
    "UnknownMerge",
    "Unmerge",
    "check_field",
    "company_domain",
    "contacts_of_accounts",
    "display_name",
    "field_types",
    "load_directory",
    "load_for",
    "lock_free",
    "normalise_email",
    "primary_subject",
    "problems_of",
    "read_fields",
    "stage_at",
    "store_directory",
    "types_of",
    "view_of",
]
