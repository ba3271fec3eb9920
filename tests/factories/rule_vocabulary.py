"""The words, numbers, paths and moments random conditions are made of: picked to be hard on quoting, folding, clocks and JSON."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from leadlight.kit.days import DAY_US, SECOND_US, to_us

# fmt: off
ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "Europe/Warsaw",
        "America/New_York",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "America/Santiago",
        "Africa/Cairo",
        "America/Havana",
        "Pacific/Chatham",
        "Pacific/Kiritimati",
    )
]
MOMENTS = [
    to_us(datetime.fromisoformat(text).replace(tzinfo=UTC))
    for text in (
        "2024-02-28T12:00", "2024-02-29T00:30", "2025-02-28T23:59", "2025-03-01T00:00:01", "2026-03-29T01:00", "2026-10-25T00:59",
        "2026-04-05T03:30", "2026-09-06T04:00", "2026-04-24T22:00", "2026-12-31T23:30", "2027-01-01T00:00",
    )
]

WORDS = [
    "a", "A", "pricing", "Pricing", "/pricing/", "/pricing-plans", "pricing_table", "xpricing", "Łódź", "łÓDŹ",
    "İstanbul", "istanbul", "ΣΑΣ", "σας", "σασ", "straße", "STRASSE", "Ǆ", "ǆ", "ẞ", "ß", "ﬁ", "K", "k", "Ⅷ", "é",
    "e\u0301", "日本", "\U0002ebf0", "\U0002ebf0pricing", "🎉", "'; drop table events; --", "''", '"', "\\", "\\'", "%",
    "_", "a%b", "a_b", "a?b", "a*b", "[a]", "a\nb", "\n", "\t", "\x01", "\x7f", "\u2028", "{}", "{x}", "{{c}}",
    "null", "1", "1.0", "true", "$1", "\\1", "a.b", "a b", "a+b", "a%20b", "%ff", "2026-03-29", "2024-02-29", " ",
    "pl", "PL",
]
PATTERNS = [
    r"pricing", r"^/pricing", r"(?i)PRICING$", r"a.b", r"(?s)a.b", r"^$", r"\bpricing\b", r"[^a]", r"\p{Lu}",
    r"(?i)ł", r"x*", r"'", r"(a|b)+$", r"\d", r"^a", r"\A\z", r"a?", r"(?m)^b$", r"\x{130}", r"^.$", r"\S+\s\S+",
    r"\\",
]
NUMBERS: list[int | float] = [
    0, 1, -1, 2, 3, 1.0, 0.1, 0.2, 0.30000000000000004, -0.0, 1e22, 2**53, 2**53 + 1, 1e15, 12.5, -12.5, 1e-7, 5e-7,
    -5e-7, 5e-324, 1.7976931348623157e308, 10**25, 12345678901234567890, -(2**63) - 1, 999999999999, 10**12,
    999999999999.9999, 123456.789012, 1e11,
]
LITERALS = [
    b"1e400", b"-1e400", b"1E2", b"1.50", b"0.1e1", b"-0", b"123456789012.123456", b"999999999999.9999995",
    b"0.0000004999", b"1e-400",
]
AMOUNTS: list[int | float] = [0, 1, 2, 12.5, -12.5, 0.000001, 123456.789012, 999999999999, 3]
KINDS = ["page_viewed", "email_opened", "signed_up"]
PROPERTIES = ["plan", "amount", "a b", "é", "it's", "x/y", "x~y", "deep", "list", "$campaign", "0"]
PATHS = [
    "plan", "amount", "a b", "é", "it's", "x/y", "x~y", "deep.plan", "deep.amount", "deep.deep.plan", "list.0",
    "list.1", "list.01", "list", "deep", "campaign.source", "properties.plan", "name", "source", "url", "url.host",
    "url.path", "referrer.host", "url.query.q", "url.query.é", "url.query.a[b]",
]
QUERIES = [
    None, "", "q=pricing", "q=Pricing+plan", "x=1&q=%50ricing", "q=&q=2", "q", "%71=a", "%C3%A9=%c3%a9", "é=é",
    "q=%ff", "q=%e2%82", "q=%zz", "q=%00a", "q=a%26b", "qq=1", "xq=1", "a%5Bb%5D=1", "a[b]=1.0", "A=1&Q=2", "q=a=b",
    "q=%25", "q=a%0Ab", "%ff=1&q=1", "q=1&q=2",
]
FIELDS = [
    "contact.country", "contact.age", "contact.seen_at", "contact.flag", "contact.interests", "contact.address.city",
    "account.size", "account.it's", "consent.email", "contact.tags", "contact.stage", "contact.score.default",
]
DATES = [
    "2024-02-29", "2025-02-28", "2026-03-29", "2026-10-25", "2000-02-29", "2026-12-31", "1999-01-01", "1000-01-01",
    "2999-12-31",
]
MOMENT_TEXTS = [
    "2026-03-29T00:30:00+00:00", "2026-03-28T23:30:00Z", "2026-10-25T02:30", "2024-02-29 23:59:59.999999+05:45",
    "2024-02-29T23:59:59-11:00", "2026-02-30", "2025-02-29", "2026-13-01", "2026-01-01T24:00:00Z",
    "2026-01-01T00:00:00z", "20260101", "2026-01-01T10:00:00.1234567Z", "2026-1-1", "2023-02-28T12:00Z",
    "2026-03-29T00:30:00+0000", "0999-12-31", "2026-01-01x", "2026-01-01\n",
]
WINDOWS = ["1d", "2d", "30d", "400d", "1h", "25h", "90m", "30s", "1s", "48h"]
SPANS_US = [
    DAY_US,
    2 * DAY_US,
    30 * DAY_US,
    3600 * SECOND_US,
    25 * 3600 * SECOND_US,
    90 * 60 * SECOND_US,
    30 * SECOND_US,
    SECOND_US,
]

ORDERS = ["gt", "gte", "lt", "lte"]
COMPARISONS = ["at_least", "at_most", "exactly", "more_than", "fewer_than"]
# fmt: on
