"""Who sent it: a person, a bot, or a mail system fetching ahead of its reader."""

import re
from functools import lru_cache

from crawlerdetect import CrawlerDetect

from leadlight.events.model import Exclusion

MAX_AGENT_CHARS = 1024

# Mail proxies, link scanners and link previews: they fetch for a person who may never look.
_PREFETCHERS = re.compile(
    r"GoogleImageProxy|YahooMailProxy|ggpht\.com|Barracuda|Mimecast|Proofpoint|MessageLabs|Symantec|TrendMicro|Sophos"
    r"|FireEye|IronPort|SafeLinks|ms-office|BingPreview|SkypeUriPreview|MicrosoftPreview|Slackbot|WhatsApp|TelegramBot"
    r"|Discordbot|LinkedInBot|facebookexternalhit|Google-Read-Aloud|Chrome-Lighthouse|Google Web Preview",
    re.IGNORECASE,
)
_BOTS = re.compile(r"PhantomJS|Puppeteer|Playwright|Selenium|WebDriver", re.IGNORECASE)
_PEOPLE = re.compile(r"^(okhttp|Dalvik)/", re.IGNORECASE)  # libraries that apps on phones speak through
_crawlers = CrawlerDetect()


def exclusion_of(user_agent: str | None) -> Exclusion | None:
    """Why events of this user agent do not count; None for people, and when the agent is unknown."""
    return _classify(user_agent[:MAX_AGENT_CHARS]) if user_agent else None


@lru_cache(maxsize=4096)
def _classify(user_agent: str) -> Exclusion | None:
    if _PREFETCHERS.search(user_agent):
        return Exclusion.PREFETCH
    if _PEOPLE.search(user_agent):
        return None
    return Exclusion.BOT if _BOTS.search(user_agent) or _crawlers.is_crawler(user_agent) else None
