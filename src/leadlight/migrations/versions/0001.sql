-- kit -----------------------------------------------------------------------------------------------------------

create table workspace (
    one boolean primary key default true check (one),
    id uuid not null,
    time_zone text not null,
    generation bigint not null default 1,
    hash_key bytea not null,
    created_at timestamptz not null
);

create table test_clock (
    one boolean primary key default true check (one),
    now timestamptz not null
);

create table jobs (
    id uuid primary key,
    kind text not null,
    arguments text not null,
    state text not null check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
    attempts integer not null default 0,
    step text not null default '',
    done bigint not null default 0,
    total bigint,
    result text,
    error text,
    cancel_wanted boolean not null default false,
    created_at timestamptz not null,
    started_at timestamptz,
    heartbeat_at timestamptz,
    finished_at timestamptz
);
create index jobs_open on jobs (created_at) where state in ('queued', 'running');

-- access --------------------------------------------------------------------------------------------------------

create table api_keys (
    id uuid primary key,
    kind text not null check (kind in ('write', 'secret')),
    name text not null,
    hash bytea not null unique,
    hint text not null,
    scopes text[] not null,
    created_at timestamptz not null,
    last_used_at timestamptz,
    revoked_at timestamptz
);

create table users (
    id uuid primary key,
    name text not null,
    created_at timestamptz not null
);

create table sessions (
    hash bytea primary key,
    user_id uuid not null references users on delete cascade,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null
);

create table sign_in_links (
    hash bytea primary key,
    user_id uuid not null references users on delete cascade,
    expires_at timestamptz not null,
    used_at timestamptz
);

-- definitions ---------------------------------------------------------------------------------------------------

create table definitions (
    kind text not null,
    key text not null,
    version integer not null check (version > 0),
    state text not null check (state in ('draft', 'published', 'archived')),
    body text not null,
    comment text not null default '',
    author text not null,
    created_at timestamptz not null,
    published_at timestamptz,
    primary key (kind, key, version)
);
create unique index definitions_one_draft on definitions (kind, key) where state = 'draft';
create unique index definitions_one_published on definitions (kind, key) where state = 'published';

-- people --------------------------------------------------------------------------------------------------------

create table accounts (
    id uuid primary key,
    name text,
    domain text,
    title text,
    attributes text not null default '{}',
    profile text not null default '{}',
    created_at timestamptz not null
);
create index accounts_titled on accounts (title, id);

create table account_identifiers (
    kind text not null check (kind in ('group_id', 'domain')),
    value text not null,
    account_id uuid not null,
    primary key (kind, value)
);
create index account_identifiers_account on account_identifiers (account_id);

create table contacts (
    id uuid primary key,
    account_id uuid,
    known boolean not null,
    merged_into uuid,
    rule_parent uuid,
    hand_parent uuid,
    apart_from uuid[] not null default '{}',
    email text,
    name text,
    title text,
    search tsvector,
    profile text not null default '{}',
    tags text[] not null default '{}',
    stage text,
    created_at timestamptz not null,
    last_event_at timestamptz not null,
    last_event_day integer not null
) with (fillfactor = 85);  -- as memories
create index contacts_email on contacts (email) where email is not null;
create index contacts_account on contacts (account_id) where account_id is not null;
create index contacts_merged_into on contacts (merged_into) where merged_into is not null;
create index contacts_titled on contacts (title, id) where merged_into is null;
create index contacts_last_seen on contacts (last_event_day) where merged_into is null;
create index contacts_search on contacts using gin (search) where search is not null;
create index contacts_tags on contacts using gin (tags) where tags <> '{}';
create index contacts_stage on contacts (stage) where stage is not null;

create table subjects (
    id uuid primary key,
    contact_id uuid not null,
    home_contact_id uuid not null,
    kind text not null check (kind in ('anonymous', 'known')),
    attributes text not null default '{}',
    tags text not null default '{}',
    stages text not null default '[]'
);
create index subjects_contact on subjects (contact_id);

create table identifiers (
    kind text not null check (kind in ('anonymous_id', 'user_id', 'email')),
    value text not null,
    subject_id uuid not null,
    primary key (kind, value)
);
create index identifiers_subject on identifiers (subject_id);

create table attribute_changes (
    id bigint generated always as identity primary key,
    subject_id uuid,
    account_id uuid,
    field text not null,
    value text,
    source text not null,
    at timestamptz not null,
    xid xid8 not null default pg_current_xact_id()
);
create index attribute_changes_subject on attribute_changes (subject_id, at);
create index attribute_changes_xid on attribute_changes (xid);

create table merges (
    id uuid primary key,
    into_contact uuid not null,
    from_contact uuid not null,
    subjects uuid[] not null,
    reason text not null,
    by_hand boolean not null,
    at timestamptz not null,
    undone_at timestamptz
);
create index merges_into on merges (into_contact);
create index merges_from on merges (from_contact);

-- events --------------------------------------------------------------------------------------------------------

create table intake (
    id bigint generated always as identity primary key,
    shard smallint not null,
    attempts smallint not null default 0,
    body bytea not null
) with (
    -- A queue: rows live for moments, so dead ones are swept early, and counts of a moment's rows mislead the planner.
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_cost_delay = 0,
    autovacuum_analyze_threshold = 2000000000,
    vacuum_truncate = off
);
create index intake_shard on intake (shard, id);

create table events (
    id uuid primary key,
    subject_id uuid not null,
    kind text not null,
    name text not null,
    source text not null,
    message_id text not null,
    at timestamptz not null,
    received_at timestamptz not null,
    day integer not null,
    url_host text,
    url_path text,
    url_query text,
    referrer_host text,
    properties text not null,
    context text not null,
    excluded text,
    xid xid8 not null default pg_current_xact_id()
);
create index events_subject on events (subject_id, at);
create index events_xid on events (xid);

create table set_aside (
    id bigint generated always as identity primary key,
    source text not null,
    reason text not null,
    error text not null,
    body bytea not null,
    at timestamptz not null
);

create table drops (
    day date not null,
    source text not null,
    reason text not null,
    count bigint not null,
    primary key (day, source, reason)
);

create table sealed (
    file text primary key,
    relation text not null,
    from_xid xid8 not null,
    to_xid xid8 not null,
    rows bigint not null,
    sealed_at timestamptz not null
);

-- matching ------------------------------------------------------------------------------------------------------

create table matchers (
    id integer generated always as identity primary key,
    fingerprint text not null unique,
    body text not null,
    state text not null check (state in ('filling', 'live'))
);

create table memories (
    subject_id uuid primary key,
    body bytea not null
) with (fillfactor = 85);  -- rewritten by nearly every event: room on the page spares the index

-- scoring -------------------------------------------------------------------------------------------------------

create table scores (
    contact_id uuid not null,
    model text not null,
    version integer not null,
    as_of_day integer not null,
    total bigint not null,
    fit bigint not null,
    engagement bigint not null,
    band text not null,
    grade text not null,
    levels text not null,
    sums bytea not null,
    band_since timestamptz not null,
    cool_until text not null default '{}',
    primary key (contact_id, model, version)
);
create index scores_ranked on scores (model, version, total, contact_id);

-- pipeline ------------------------------------------------------------------------------------------------------

create table due (
    contact_id uuid not null,
    reason text not null,
    at timestamptz not null,
    primary key (contact_id, reason)
);
create index due_at on due (at);

-- messaging -----------------------------------------------------------------------------------------------------

create table webhook_secrets (
    id uuid primary key,
    key text not null,
    secret bytea not null,
    created_at timestamptz not null,
    expires_at timestamptz
);
create index webhook_secrets_key on webhook_secrets (key);

create table outbox (
    id uuid primary key,
    channel text not null,
    target text not null,
    occasion text not null,
    contact_id uuid,
    body text not null,
    state text not null check (state in ('queued', 'claimed', 'handing', 'accepted', 'failed', 'in_doubt', 'cancelled')),
    attempts integer not null default 0,
    next_at timestamptz not null,
    claimed_at timestamptz,
    claimed_by text,
    last_error text,
    created_at timestamptz not null,
    finished_at timestamptz,
    unique (channel, target, occasion)
);
create index outbox_ready on outbox (next_at) where state = 'queued';
create index outbox_in_hand on outbox (claimed_at) where state in ('claimed', 'handing');

-- handoff -------------------------------------------------------------------------------------------------------

create table handoffs (
    id uuid primary key,
    contact_id uuid not null,
    model text not null,
    version integer not null,
    band text not null,
    state text not null check (state in ('open', 'accepted', 'rejected', 'contacted', 'won', 'lost')),
    total bigint not null,
    grade text not null,
    summary text not null,
    reason text,
    amount_hundredths bigint,
    opened_at timestamptz not null,
    answered_at timestamptz,
    closed_at timestamptz
);
create unique index handoffs_one_open on handoffs (contact_id, model) where state in ('open', 'accepted', 'contacted');
create index handoffs_listed on handoffs (opened_at desc, id);
