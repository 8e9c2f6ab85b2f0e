"""Neighbours: what visitors of one copy have to do with each other. One visitor's guilt never falls on another.

A rule here looks at two visitors to tell which of them is the machine: the one without a whole browser, or in a network
of machines. Only crawlers that change addresses are taken together, as each of their visits follows another link.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..rules import HitKind
from .visitor import Event, Run

_ECHO_BEFORE, _ECHO_AFTER = 120.0, 900.0
"""Seconds before and after a person's click in which a machine looks at the same link because of it."""
_TWIN = 60.0
"""The same for a visitor that is only a little stranger, such as a whole browser in another language."""
_STRANGE = 4
"""Points of strangeness by which an echo is stranger than who made the click."""
ODD = 5
"""Points of oddness from which something speaks against a visitor."""
_RESCANS = 3
"""So many visits from a network of machines, over more than an hour, are no person's with a remote desktop."""
_CHAIN = 180.0
"""Seconds between the links of a crawl over changing addresses."""
_TOGETHER, _TOGETHER_PACE = 60.0, 5.0
"""Seconds between two links, at most and on average, of browsers that go through a letter together."""
_SINGLE = 6
"""So many devices in so many networks, each of which follows one link that the others do not, are one crawler."""
_SOON, _SINGLE_SOON, _SINGLE_TRAP = 30.0, 4, 3
"""Seconds after which the next of so many follows; and how many are enough where one of them was at the hidden link."""
_POSING, _POSING_TRAP = 3, 2
"""So many telephones in a cloud are one crawler, as rented machines are no telephones; and with one at the trap."""
_MOVE = 1800.0
"""Seconds within which a crawler's device is the same one in another network."""
_OPENED_BEFORE, _TOO_EARLY = 86_400.0, 20.0
_CONDEMNED = frozenset({"trap", "asks-twice", "rotating", "crawl", "regular"})
_CRAWLERS = frozenset({"trap", "rotating", "crawl"})
_Step = tuple[float, int, Run]
_OPEN = HitKind.OPEN


def compare(runs: Sequence[Run], visible: int) -> None:
    """Add to every run what the others tell of it."""
    if len(runs) < 2:
        return
    clicking = [run for run in runs if run.clicks]
    if len(clicking) >= 3:
        _find_rotation(clicking, visible)
        _find_rescans(clicking)
    posing = [run for run in clicking if run.facts.is_driven_seldom and run.facts.is_rented]
    if len(posing) > 1:
        _mark_posing(posing)
    crawlers = [run for run in clicking if run.rules and not run.rules.isdisjoint(_CRAWLERS)]
    if crawlers:
        _find_moves(runs, crawlers)
    strange = [run for run in clicking if run.facts.strangeness >= _STRANGE]
    if strange:
        by_link = _clicks_by_link(clicking)
        for run in strange:
            if _is_echo(run, by_link):
                run.rules.add("echo")
    condemned = {(run.device, run.network) for run in runs if run.rules and not run.rules.isdisjoint(_CONDEMNED)}
    if condemned:
        for run in runs:
            if (run.device, run.network) in condemned and run.rules.isdisjoint(_CONDEMNED):
                run.rules.add("machine-before")


def openings(events: Sequence[Event], delivered: float | None) -> dict[str, list[float]]:
    """The times at which the letter was opened, by network; those through a mail service are under an empty text."""
    found: dict[str, list[float]] = {}
    for event in events:
        if event.kind is _OPEN and (delivered is None or event.at - delivered > _TOO_EARLY):
            service = "image-proxy" in event.marks
            if service or event.network:
                found.setdefault("" if service else event.network, []).append(event.at)
    return found


def has_opened(run: Run, opened: dict[str, list[float]]) -> bool:
    """Whether the letter was opened before the visitor followed a link, from its network or through a mail service."""
    if not run.clicks or not opened:
        return False
    at = run.clicks[0][0]
    for network in (run.network, ""):
        for when in opened.get(network, ()):
            if at - _OPENED_BEFORE <= when <= at:
                return True
    return False


def _clicks_by_link(runs: Sequence[Run]) -> dict[int, list[tuple[float, Run]]]:
    found: dict[int, list[tuple[float, Run]]] = {}
    for run in runs:
        if run.rules.isdisjoint(_CONDEMNED):
            for at, link in run.clicks:
                found.setdefault(link, []).append((at, run))
    return found


def _is_echo(run: Run, by_link: dict[int, list[tuple[float, Run]]]) -> bool:
    """Whether it follows what a less strange visitor just followed, or is about to follow."""
    echoes = sum(
        any(other is not run and _echoes(run, other, at - when) for when, other in by_link.get(link, ()))
        for at, link in run.clicks
    )
    return 2 * echoes >= len(run.clicks) and echoes > 0


def _echoes(run: Run, other: Run, after: float) -> bool:
    """Whether *run* follows a link because *other* does, so many seconds earlier; the stranger it is, the later."""
    if other.facts.strangeness > run.facts.strangeness - _STRANGE:
        return False
    return abs(after) <= _TWIN or (run.facts.strangeness >= ODD and -_ECHO_BEFORE <= after <= _ECHO_AFTER)


def _find_rescans(runs: Sequence[Run]) -> None:
    """Mark visits from a network of machines that come again and again."""
    visits: dict[str, list[Run]] = {}
    for run in runs:
        if run.facts.is_of_machines:
            visits.setdefault(run.network, []).append(run)
    for mine in visits.values():
        if len(mine) >= _RESCANS and _span(mine) > 3600:
            for run in mine:
                run.rules.add("rescan")


def _span(runs: Sequence[Run]) -> float:
    times = [run.clicks[0][0] for run in runs]
    return max(times) - min(times)


def _find_moves(runs: Sequence[Run], crawlers: Sequence[Run]) -> None:
    """Mark what else crawlers sent soon before or after: a device elsewhere, or others of a network of machines.

    Visitors who speak the readers' language are left alone: people have desktops in clouds, too.
    """
    times: dict[str, list[float]] = {}
    for run in crawlers:
        for key in _traces(run):
            times.setdefault(key, []).extend(at for at, _ in run.clicks)
    for run in runs:
        if run.rules.isdisjoint(_CONDEMNED) and "reader-language" not in run.facts.marks:
            near = (at for key in _traces(run) for at in times.get(key, ()))
            if any(abs(run.began - at) <= _MOVE for at in near):
                run.rules.add("rotating")


def _traces(run: Run) -> Iterator[str]:
    if run.device:
        yield run.device
    if run.facts.is_rented:
        yield run.network


def _find_rotation(runs: Sequence[Run], visible: int) -> None:
    """Mark crawlers that change their address, or their agent with it, from link to link."""
    steps = sorted(((at, link, run) for run in runs for at, link in run.clicks), key=lambda step: step[:2])
    by_device: dict[str, list[_Step]] = {}
    for step in steps:
        if step[2].device:
            by_device.setdefault(step[2].device, []).append(step)
    many = max(6, round(0.6 * visible))
    for mine in by_device.values():
        _mark(mine, many)
    _mark([step for step in steps if step[2].facts.oddness >= ODD], 3)
    _mark_singles(runs, by_device=False)
    rented = [run for run in runs if run.facts.is_rented]
    if rented:  # In a cloud addresses are not told apart, so there each device stands by itself.
        _mark_singles(rented, by_device=True)
    # Readers share one copy at home and in offices, seldom in a cloud.
    _mark_together([step for step in steps if _may_be_together(step[2])], many)


def _may_be_together(run: Run) -> bool:
    """Whether a browser may be one of a sandbox's, not a person's who opened the letter while the sandbox was at it."""
    if run.facts.is_rented:
        return True
    return "reader-language" not in run.facts.marks and not (run.facts.is_driven_seldom and "opened" in run.rules)


def _mark(steps: Sequence[_Step], wanted: int) -> None:
    for chain in _chains(steps):
        links = [link for _, link, _ in chain]
        moves = sum(one[2] is not other[2] for one, other in pairwise(chain))
        # People who move, or sit behind several exits, come back to the same ones.
        exits = 0.7 * len(links) if all(run.facts.is_reader for _, _, run in chain) else 0
        if (
            len(set(links)) >= wanted
            and len(set(links)) >= 0.8 * len(links)
            and moves >= 0.6 * (len(chain) - 1)
            and len({id(run) for _, _, run in chain}) >= 3
            and len({run.network for _, _, run in chain}) >= exits
        ):
            for _, _, run in chain:
                run.rules.add("rotating")


def _mark_singles(runs: Sequence[Run], *, by_device: bool) -> None:
    """Mark devices in as many networks that follow one link each, soon one after the other, none that another did.

    Arguments:
        by_device: whether it takes as many devices only, and not as many networks.
    """
    steps = sorted(
        ((run.clicks[0][0], run.clicks[0][1], run) for run in runs if len({link for _, link in run.clicks}) == 1),
        key=lambda step: step[:2],
    )
    for gap, wanted in ((_CHAIN, _SINGLE), (_SOON, _SINGLE_SOON)):
        for chain in _chains(steps, gap):
            least = _SINGLE_TRAP if any("trap" in run.rules for _, _, run in chain) else wanted
            links = {link for _, link, _ in chain}
            if (
                len(links) >= max(least, 0.8 * len(chain))
                and len({run.device if by_device else run.network for _, _, run in chain}) >= least
                and len({run.device for _, _, run in chain}) >= _SINGLE_TRAP
            ):
                for _, _, run in chain:
                    run.rules.add("rotating")


def _mark_posing(runs: Sequence[Run]) -> None:
    """Mark telephones, and other browsers that machines seldom drive, that share a letter out between them in a cloud.

    A person with one there has one or two, and does not follow each link with another.
    """
    steps = sorted(((at, link, run) for run in runs for at, link in run.clicks), key=lambda step: step[:2])
    for chain in _chains(steps, _SOON):
        links = {link for _, link, _ in chain}
        least = _POSING_TRAP if any("trap" in run.rules for _, _, run in chain) else _POSING
        if len({run.device for _, _, run in chain}) >= least and len(links) >= max(_POSING, 0.8 * len(chain)):
            for _, _, run in chain:
                run.rules.add("rotating")


def _mark_together(steps: Sequence[_Step], wanted: int) -> None:
    """Mark several browsers that go through the letter together, from whatever networks: a sandbox tries many."""
    for chain in _chains(steps, _TOGETHER):
        links, seconds = {link for _, link, _ in chain}, chain[-1][0] - chain[0][0]
        if (
            len(links) >= wanted
            and seconds <= _TOGETHER_PACE * (len(chain) - 1)
            and len({id(run) for _, _, run in chain}) >= 3
        ):
            for _, _, run in chain:
                run.rules.add("rotating")


def _chains(steps: Sequence[_Step], gap: float = _CHAIN) -> Iterator[list[_Step]]:
    chain: list[_Step] = []
    for step in steps:
        if chain and step[0] - chain[-1][0] > gap:
            yield chain
            chain = []
        chain.append(step)
    if chain:
        yield chain
