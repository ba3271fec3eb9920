"""One run: clients send, processes die, and at the end everything is counted."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from leadlight import pipeline
from leadlight.app import App
from leadlight.kit.config import Settings
from tests.chaos.client import Sender
from tests.chaos.receiver import Receiver
from tests.chaos.server import Victim

CLIENTS = 2


@dataclass
class Report:
    """What came of a run; `wrong` is empty when every promise held."""

    kills: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    attempts: int = 0
    hand_offs: int = 0
    repeats: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kills = ", ".join(f"{count} {whom}" for whom, count in sorted(self.kills.items()))
        held = "; ".join(self.wrong) or "every promise held"
        return (
            f"{sum(self.kills.values())} kills ({kills}); {self.acknowledged:,} events acknowledged in {self.attempts:,} requests;"
            f" {self.hand_offs} hand-offs, webhooks repeated {self.repeats}: {held}"
        )


def run(data_dir: Path, kills: int, seed: int = 1, *, is_idempotent: bool = True) -> Report:
    """Kill `kills` times at random moments while clients send, then let it come to rest and count."""
    dice, receiver, report = random.Random(seed), Receiver(), Report()
    victim = Victim(data_dir, receiver.url)
    senders = [
        Sender(victim.url, victim.write_key, seed * 100 + n, is_idempotent=is_idempotent) for n in range(CLIENTS)
    ]
    try:
        for sender in senders:
            sender.start()
        for _ in range(kills):
            time.sleep(dice.uniform(0.2, 2.0))
            report.kills[victim.hurt(dice)] += 1
            victim.revive()
        _let_finish(senders, victim)
        victim.wait_until_idle()
    finally:
        for sender in senders:
            sender.end()
        victim.stop()
        receiver.close()
    report.acknowledged = sum(len(sender.acknowledged) for sender in senders)
    report.attempts = sum(sender.attempts for sender in senders)
    asyncio.run(_count(report, data_dir, senders, receiver))
    return report


def _let_finish(senders: list[Sender], victim: Victim) -> None:
    for sender in senders:
        sender.end()
    deadline = time.monotonic() + 120
    while any(sender.is_alive() for sender in senders) and time.monotonic() < deadline:
        victim.revive()
        time.sleep(0.2)
    for sender in senders:
        sender.finish()


async def _count(report: Report, data_dir: Path, senders: list[Sender], receiver: Receiver) -> None:
    app = await App.open(Settings(data_dir=data_dir))
    try:
        numbers = await app.db.pool.fetch(
            "select properties::json ->> 'number' as number from events where properties like '%number%'"
        )
        stored = Counter(row["number"] for row in numbers)
        sent = [number for sender in senders for number in sender.acknowledged]
        lost = [number for number in sent if not stored[number]]
        doubled = [number for number, count in stored.items() if count > 1]
        _note(report, lost, "acknowledged events lost")
        _note(report, doubled, "events stored twice")
        findings = await pipeline.examine(app.engine)
        _note(report, findings, "lines differ from their recomputation")
        opened = [str(row["id"]) for row in await app.db.pool.fetch("select id from handoffs")]
        report.hand_offs = len(opened)
        contacts = await app.db.pool.fetch("select contact_id from handoffs group by contact_id having count(*) > 1")
        _note(report, contacts, "contacts handed over twice")
        told = Counter(receiver.opened.values())
        _note(report, [each for each in opened if not told[each]], "hand-offs nobody was told of")
        _note(report, [each for each in told if told[each] > 1], "hand-offs told under two webhook ids")
        _note(report, [each for each in told if each not in opened], "hand-offs told that are not there")
        report.repeats = sum(count - 1 for count in receiver.deliveries.values())
        if not opened:
            report.wrong.append("no hand-off was ever opened: the run proves nothing")
    finally:
        await app.close()


def _note(report: Report, found: list, what: str) -> None:
    if found:
        report.wrong.append(f"{len(found)} {what}, such as {found[0]}")
