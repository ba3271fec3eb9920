"""The SQL (DuckDB's) that makes people and events up from row numbers."""

FIRST_XID = 100
"""Transactions of the months of history; below those of any new server."""

MACROS = (
    "create macro share(n, salt) as (hash(n * 64 + salt) % 1000003) / 1000003.0",
    "create macro choose(n, salt, items) as items[1 + (hash(n * 64 + salt) % len(items))::integer]",
    # Ids sort by time, as those of the product do (UUIDv7).
    """create macro make_id(kind, n, at_us) as (
        lpad(to_hex((at_us // 1000)::bigint), 12, '0') || '7' || substr(md5(kind || n), 1, 3) || '8' || substr(md5(kind || n), 4, 15)
    )::uuid""",
    "create macro contacts() as {contacts}::bigint",
    "create macro accounts() as {accounts}::bigint",
    "create macro start_us() as {start_us}::bigint",
    "create macro events() as {events}::bigint",
    "create macro created_us(n) as start_us() + n * (86400000000 // contacts())",
    "create macro is_known(n) as share(n, 1) < 0.6",
    "create macro has_browser(n) as is_known(n) and share(n, 2) < 0.5",
    "create macro contact_id(n) as make_id('contact', n, created_us(n))",
    "create macro subject_id(n) as make_id('subject', n, created_us(n))",
    "create macro browser_id(n) as make_id('browser', n, created_us(n))",
    "create macro account_id(n) as make_id('account', n, start_us())",
    # Who does the event: the 1.6th power makes a thousandth of the people do a seventieth of all.
    "create macro actor(i) as ((contacts() * pow(share(i, 3), 1.6))::bigint * 7919) % contacts()",
    "create macro happened_us(i) as start_us() + 86400000000 + (i * (364 * 86400000000 // events()))",
)

EVENTS = """
with happened as (
    select i, actor(i) as actor, happened_us(i) as at_us, share(i, 4) as what from range({first}, {last}) as numbers (i)
), described as (
    select *, case
        when what < 0.72 then 'page_viewed' when what < 0.84 then 'email_opened' when what < 0.87 then 'email_clicked'
        when what < 0.90 then 'form_submitted' when what < 0.92 then 'file_downloaded' when what < 0.93 then 'video_watched'
        when what < 0.935 then 'demo_watched' when what < 0.94 then 'webinar_attended' when what < 0.945 then 'chat_started'
        when what < 0.95 then 'order_completed' else 'button_clicked' end as kind
    from happened
)
select
    make_id('event', i, at_us) as id,
    case when kind = 'page_viewed' and has_browser(actor) then browser_id(actor) else subject_id(actor) end as subject_id,
    kind,
    case when kind = 'page_viewed' then '' else kind end as name,
    'bench' as source,
    'm-' || i as message_id,
    at_us,
    at_us + 1000000 as received_us,
    (at_us // 86400000000)::integer as day,
    case when kind = 'page_viewed' then 'www.firm.example' end as url_host,
    case when kind = 'page_viewed' then choose(i, 5, [
        '/', '/', '/blog/a', '/blog/b', '/blog/c', '/blog/d', '/blog/e', '/blog/f', '/blog/g', '/docs/start', '/docs/api',
        '/docs/faq', '/about', '/team', '/news/1', '/news/2', '/news/3', '/contact', '/product/plan', '/product/track',
        '/pricing', '/customers/one', '/careers', '/demo']) end as url_path,
    case when kind = 'page_viewed' and what < 0.1 then 'utm_source=google&utm_campaign=autumn' end as url_query,
    null::text as referrer_host,
    case kind
        when 'page_viewed' then '{{"title":"A page of the firm"}}'
        when 'form_submitted' then json_object('form', choose(i, 6, ['contact', 'newsletter', 'newsletter', 'download']))::text
        when 'order_completed' then json_object('revenue', 10 + i % 500)::text
        when 'email_opened' then '{{"email":"news"}}'
        else '{{"place":"top"}}' end as properties,
    '{{"userAgent":"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/143.0"}}' as context,
    null::text as excluded,
    {xid}::bigint as xid
from described
order by subject_id, at_us, id
"""

PEOPLE = (
    """
    create table accounts as
    select account_id(n) as id, 'Firm ' || n as name, 'firm' || n || '.example' as domain, 'firm ' || n as title,
        choose(n, 10, ['logistics', 'retail', 'manufacturing', 'software', 'education']) as industry,
        choose(n, 11, [5, 20, 80, 300, 900, 4000]) as employees, make_timestamptz(start_us()) as created_at,
        json_object('name', name, 'domain', domain, 'industry', industry, 'employees', employees)::text as profile,
        json_object('name', json_array(name, 'bench', start_us()), 'domain', json_array(domain, 'bench', start_us()),
            'industry', json_array(industry, 'bench', start_us()), 'employees', json_array(employees, 'bench', start_us()))::text as attributes
    from range(accounts()) as numbers (n)
    """,
    """
    create table account_identifiers as
    select 'group_id' as kind, 'g' || n as value, account_id(n) as account_id from range(accounts()) as numbers (n)
    union all
    select 'domain', 'firm' || n || '.example', account_id(n) from range(accounts()) as numbers (n)
    """,
    """
    create table people as
    select n, contact_id(n) as id, is_known(n) as known, created_us(n) as created_us,
        choose(n, 12, ['Ana', 'Jan', 'Łukasz', 'Živilė', 'Marko', 'Rasa', 'Petra', 'Jonas']) as first_name,
        choose(n, 13, ['Kowalski', 'Horvat', 'Kazlauskas', 'Żak', 'Babić', 'Nowak', 'Šimkus', 'Marić']) || n as last_name,
        choose(n, 14, ['CEO', 'Director of Logistics', 'Warehouse Manager', 'Student', 'Planner', 'Buyer', 'IT Manager']) as job,
        choose(n, 15, ['PL', 'HR', 'LT', 'DE', 'CZ', 'US']) as country,
        'p' || n || '@firm' || (n % accounts()) || '.example' as email
    from range(contacts()) as numbers (n)
    """,
    """
    create table subjects as
    select subject_id(n) as id, id as contact_id, id as home_contact_id, if(known, 'known', 'anonymous') as kind,
        if(known, json_object('email', json_array(email, 'bench', created_us), 'first_name', json_array(first_name, 'bench', created_us),
            'last_name', json_array(last_name, 'bench', created_us), 'title', json_array(job, 'bench', created_us),
            'country', json_array(country, 'bench', created_us),
            '$account', json_array(account_id(n % accounts())::varchar, 'bench', created_us))::text, '{}') as attributes,
        '{}' as tags, '[]' as stages
    from people
    union all
    select browser_id(n), id, id, 'anonymous', '{}', '{}', '[]' from people where has_browser(n)
    """,
    """
    create table identifiers as
    select 'user_id' as kind, 'u' || n as value, subject_id(n) as subject_id from people where known
    union all select 'email', email, subject_id(n) from people where known
    union all select 'anonymous_id', 'b' || n, subject_id(n) from people where not known
    union all select 'anonymous_id', 'b' || n, browser_id(n) from people where has_browser(n)
    """,
    """
    create table contacts as
    with seen as (
        select contact_id, max(at_us) as at_us from last_events join subjects on subjects.id = last_events.subject_id group by 1
    )
    select people.id, if(known, account_id(n % accounts()), null) as account_id, known, if(known, email, null) as email,
        if(known, first_name || ' ' || last_name, null) as name, lower(first_name || ' ' || last_name) as title,
        if(known, '''' || lower(first_name) || ''' ''' || lower(last_name) || '''', null) as search,
        if(known, json_object('email', email, 'first_name', first_name, 'last_name', last_name, 'title', job, 'country', country)::text,
            '{}') as profile,
        make_timestamptz(created_us) as created_at, make_timestamptz(coalesce(at_us, created_us)) as last_event_at,
        (coalesce(at_us, created_us) // 86400000000)::integer as last_event_day
    from people left join seen on seen.contact_id = people.id
    """,
)

TABLES = {
    "accounts": "id, name, domain, title, attributes, profile, created_at",
    "account_identifiers": "kind, value, account_id",
    "contacts": "id, account_id, known, email, name, title, search, profile, created_at, last_event_at, last_event_day",
    "subjects": "id, contact_id, home_contact_id, kind, attributes, tags, stages",
    "identifiers": "kind, value, subject_id",
}
"""Table -> its columns that are copied; the others keep their defaults."""
