"""Bots and prefetchers are told from people by their user agents."""

import pytest

from leadlight.events import Exclusion, exclusion_of

BOT, PREFETCH = Exclusion.BOT, Exclusion.PREFETCH


@pytest.mark.parametrize(
    ("user_agent", "exclusion"),
    [
        (None, None),
        ("", None),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36", None),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", None),
        ("Dalvik/2.1.0 (Linux; U; Android 12; CUBOT X18)", None),
        ("okhttp/4.9.3", None),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", BOT),
        ("Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)", BOT),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0.0.0 Safari/537.36", BOT),
        ("curl/8.5.0", BOT),
        ("Mozilla/5.0 Firefox/11.0 (via ggpht.com GoogleImageProxy)", PREFETCH),
        ("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", PREFETCH),
        ("Mozilla/5.0 (Windows NT 10.0) BingPreview/1.0b", PREFETCH),
        ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", PREFETCH),
        ("Mozilla/4.0 (compatible; ms-office; MSOffice 16)", PREFETCH),
        ("x" * 1_000_000, None),
    ],
)
def test_user_agents(user_agent: str | None, exclusion: Exclusion | None) -> None:
    assert exclusion_of(user_agent) == exclusion
