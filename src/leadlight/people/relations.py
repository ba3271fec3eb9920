"""What the batch engine reads of people: PostgreSQL queries whose results become its tables."""

SUBJECTS = "select id as subject_id, contact_id from subjects"
"""subject_id, contact_id: where each subject is shown."""

STAGES = "select contact_id, stages from subjects where stages <> '[]'"
"""contact_id, stages: JSON text of [at_us, stage, source] entries, one row a subject."""

CONTACTS = """
    select contacts.id as contact_id, contacts.profile, coalesce(accounts.profile, '{}') as account, contacts.tags,
           contacts.stage
    from contacts left join accounts on accounts.id = contacts.account_id
    where contacts.merged_into is null
"""
"""contact_id, profile and account (JSON text), tags, stage of every contact that shows anything."""
