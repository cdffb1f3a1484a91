"""What the portal's pages cost with 100 people live: server time per page, processor time, memory; and whether the time of
a refused sign-in tells who has an account.

Started by scripts/bench. Prints tables; with --results writes its section of RESULTS.md there, and leaves the others.
"""

import argparse
import asyncio
import dataclasses
import os
import pathlib
import random
import secrets
import shutil
import statistics
import sys
import tempfile
import time

import report
from farms import percentile
from portal_people import Person, Record, Tab
from portal_stack import PLATFORM, PortalStack
from processes import Failed, cpu_seconds, resident

# Milliseconds, of the 99th percentile.
GOAL = 50
FARMS, BLOCKS = 12, 48
# Seconds that somebody looks at a page; seconds between changes on the farms.
PACE, CHANGE = (2, 5), 2
SEED = 20261122
HEADING = "# What the portal's pages cost"
EXECUTABLES = ("portal", "gateway", "plant")
KINDS = {
    "overview": "overview", "farms": "farms", "farm": "a farm (Block Monitor)", "block": "a block", "keys": "keys",
    "people": "people", "audit": "audit trail", "account": "my account",
}
NOTE = """\
Written by `{command}` on {date}: {machine}, {build}.

{people} people, invited and signed in with a session each, on the stack of `make up` (two portals, gateway, plant) with \
{farms} farms of {blocks} blocks. Each has one tab open all the time, on a farm or on the keys, and walks through all pages \
in another, one page each {low} to {high} s. Live pages have their stream open and are fetched again with every event, \
the first of which comes as it opens, as portal.js does; every {change} s a harvest is recorded at a random farm. \
{seconds} s are measured, after {warm} s of warming up. Clients, services and database share the {cores} cores.

**ms** is server time: `duration_ms` in the portal's own request log, the plant's answers through the gateway included; \
"client p99" is the same pages timed at the (Python) client. The goal is a 99th percentile under {goal} ms. **CPU** is the user and \
system time of each process over all pages answered; what it does beside them (streams, key agreement, fleet reports) is \
in it. **MiB** are the portal's, before anybody came and at the end.
"""


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser()
    for name in EXECUTABLES:
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True, help="the executable")
    parser.add_argument("--build", default="release build", help="what the section says they are")
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--warm", type=int, default=20, help="seconds before it counts")
    parser.add_argument("--postgres", help="URL of a server; then there is a table for it, too")
    parser.add_argument("--results", type=pathlib.Path, help="folder of RESULTS.md")
    return parser.parse_args()


@dataclasses.dataclass
class Measured:
    # Kind of page → milliseconds at the portal, and at the client.
    server: dict
    client: list
    # Executable → milliseconds of processor time for each page.
    cpu: dict
    memory: tuple
    rate: float
    streams: int
    events: int
    # Sign-ins refused: milliseconds of known and of unknown addresses.
    known: list
    unknown: list


class Places:
    """Addresses of pages, drawn at random."""

    def __init__(self, stack, chance):
        token, self.chance = stack.admin_token(), chance
        ask = lambda path: stack.call("plant-gateway", "GET", f"/api/v1/farm/{path}", token=token)["data"]  # noqa: E731
        self.farms = [farm["id"] for farm in ask("farms?perPage=100")]
        self.blocks = {farm: [block["id"] for block in ask(f"farms/{farm}/blocks?perPage=100")] for farm in self.farms}
        self.harvested = [block["id"] for block in ask("blocks?state=harvesting&perPage=100")]

    def any(self):
        kind = self.chance.choice(list(KINDS))
        return kind, self.path(kind)

    def path(self, kind):
        farm = self.chance.choice(self.farms)
        return {
            "overview": "/", "farm": f"/farms/{farm}", "block": f"/farms/{farm}/blocks/{self.chance.choice(self.blocks[farm])}",
        }.get(kind, f"/{kind}")


async def walk(tab, places):
    # Not all at once.
    await asyncio.sleep(places.chance.uniform(0, PACE[1]))
    while True:
        await tab.visit(*places.any())
        await asyncio.sleep(places.chance.uniform(*PACE))


async def change(stack, places):
    """Somebody works, so that there is something to see."""
    token, begin = stack.admin_token(), time.monotonic()
    while True:
        await asyncio.sleep(CHANGE)
        if time.monotonic() - begin > 300:
            token, begin = await asyncio.to_thread(stack.admin_token), time.monotonic()
        await asyncio.to_thread(
            stack.call, "plant-gateway", "POST", "/api/v1/farm/harvests",
            {"block_id": places.chance.choice(places.harvested), "quantity_kg": 1.5}, token,
            {"Idempotency-Key": secrets.token_hex(16)})


async def live(stack, options, people, places, record):
    """→ processor seconds while it counted, and how long that was."""
    for each in people:
        await each.sign_in()
    say(f"{len(people)} people are signed in")
    residents, walkers = [Tab(each) for each in people], [Tab(each) for each in people]
    for number, tab in enumerate(residents):
        kind = "keys" if number % 3 == 0 else "farm"
        await tab.visit(kind, places.path(kind))
    tasks = [asyncio.create_task(walk(tab, places)) for tab in walkers] + [asyncio.create_task(change(stack, places))]

    async def watched(seconds):
        """Time goes by; whoever fails, fails the run."""
        done, _ = await asyncio.wait(
            [*tasks, *(tab.stream for tab in residents)], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
            raise Failed("a stream has ended")

    usage = lambda: {name: sum(cpu_seconds(stack.pid(name))) for name in stack.processes}  # noqa: E731
    try:
        await watched(options.warm)
        before, begin, events, record.counts = usage(), time.monotonic(), record.events, True
        await watched(options.seconds)
        record.counts = False
        after, took = usage(), time.monotonic() - begin
        return {name: after[name] - before[name] for name in after}, took, record.streams, record.events - events
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for tab in residents + walkers:
            await tab.leave()
            tab.connection.close()


def refused(stack, people):
    """Milliseconds of sign-ins with a wrong password, of addresses that have an account and of others, in turn."""
    known, unknown = [], []
    for attempt in range(3):
        for number, (address, _) in enumerate(people):
            for times, name in ((known, address), (unknown, f"nobody-{number}@example.com")):
                begin = time.perf_counter()
                try:
                    stack.call(
                        PLATFORM, "POST", "/api/v1/auth/login", {"email": name, "password": secrets.token_urlsafe(18)},
                        headers={"X-Forwarded-For": f"10.30.{attempt}.{number % 250 + 1}"})
                    raise Failed("a wrong password opens")
                except Failed as failed:
                    if "answers 401" not in str(failed):
                        raise
                times.append((time.perf_counter() - begin) * 1000)
    return known, unknown


def measure(options, folder, postgres):
    executables = folder / "executables"
    executables.mkdir()
    for name in EXECUTABLES:
        (executables / name).symlink_to(getattr(options, name).resolve())
    stack = PortalStack(executables, folder, postgres)
    try:
        stack.start_all()
        stack.seed(FARMS, BLOCKS)
        fresh = resident(stack.pid(PLATFORM))
        accounts = stack.invite(options.people)
        record = Record()
        people = [
            Person(stack.ports[PLATFORM], number, address, password, record)
            for number, (address, password) in enumerate(accounts)]
        cpu, took, streams, events = asyncio.run(live(stack, options, people, Places(stack, random.Random(SEED)), record))
        memory = (fresh, resident(stack.pid(PLATFORM)))
        known, unknown = refused(stack, accounts)
        logged = stack.answered()
    except Failed:
        print(stack.tails(), file=sys.stderr)
        raise
    finally:
        stack.stop_all()
    server = {kind: [] for kind in KINDS}
    for name, (kind, _) in record.asked.items():
        server[kind].append(logged[name])
    count = len(record.asked)
    return Measured(
        server, [client for _, client in record.asked.values()],
        {"portal": cpu[PLATFORM] / count * 1000, "gateway": cpu["plant-gateway"] / count * 1000,
         "plant": cpu["plant-backend"] / count * 1000},
        memory, count / took, streams, events, known, unknown)


def table(measured):
    every = [each for milliseconds in measured.server.values() for each in milliseconds]
    lines = ["|  | pages | p50 ms | p90 ms | p99 ms | max ms | within the goal |", "|---|---:|---:|---:|---:|---:|---|"]
    for name, values in [*((KINDS[kind], values) for kind, values in measured.server.items()), ("**all**", every)]:
        if not values:
            continue
        high = percentile(values, 99)
        lines.append(
            f"| {name} | {len(values):,} | {percentile(values, 50):.1f} | {percentile(values, 90):.1f} | {high:.1f} |"
            f" {max(values):.1f} | {'yes' if high < GOAL else 'no'} |")
    cpu = ", ".join(f"{name} {milliseconds:.2f} ms" for name, milliseconds in measured.cpu.items())
    known, unknown = statistics.median(measured.known), statistics.median(measured.unknown)
    return [
        *lines, "",
        f"{measured.rate:.0f} pages a second; {measured.streams} streams open at the end, {measured.events:,} events;"
        f" client p99 {percentile(measured.client, 99):.1f} ms. CPU for each page: {cpu}. {measured.memory[0]:.0f} MiB at"
        f" first, {measured.memory[1]:.0f} MiB at the end. A sign-in with a wrong password takes {known:.1f} ms where there"
        f" is an account and {unknown:.1f} ms where there is none (medians of {len(measured.known)} each): a ratio of"
        f" {known / unknown:.2f}.", ""]


def main():
    options = arguments()
    lines = [HEADING, "", NOTE.format(
        command="make bench" if "release" in options.build else "scripts/bench portal", date=time.strftime("%Y-%m-%d"),
        machine=report.machine(), build=options.build, people=options.people, farms=FARMS, blocks=BLOCKS, low=PACE[0],
        high=PACE[1], change=CHANGE, seconds=options.seconds, warm=options.warm, cores=os.cpu_count(), goal=GOAL)]
    for title, postgres in (("SQLite", None), ("PostgreSQL", options.postgres)):
        if title == "PostgreSQL" and not postgres:
            continue
        folder = pathlib.Path(tempfile.mkdtemp(prefix="lockstep-bench-"))
        try:
            say(f"portal on {title}")
            lines += [f"## Pages with {options.people} people live, {title}", "", *table(measure(options, folder, postgres))]
        except Failed as failed:
            sys.exit(f"bench: failed: {failed}")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    text = "\n".join(lines)
    print(text)
    if options.results:
        report.write_section(options.results, text)


if __name__ == "__main__":
    main()
