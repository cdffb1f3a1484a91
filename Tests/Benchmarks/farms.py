"""What the farm manager answers over 100,000 blocks and 1,000,000 harvests, and how fast."""

import dataclasses
import http.client
import json
import os
import random
import secrets
import subprocess
import time
import urllib.parse

import tokens
from processes import Failed, Process, cpu_seconds, free_port, get

# Milliseconds, of the 99th percentile.
GOAL = 50
BLOCKS_OF_A_FARM = 500
# Some twelve harvests of each block.
SEASONS = "2"
FARM = "/api/v1/farm"
PAGE = 50
MANAGER, FARMS_OF_A_MANAGER = "bench-manager", 10
# The same questions in each run.
SEED = 20261122


@dataclasses.dataclass(frozen=True)
class Kind:
    name: str
    milliseconds: list
    # Of the plant, in milliseconds for each answer.
    cpu: float


@dataclasses.dataclass(frozen=True)
class Seeded:
    farms: int
    blocks: int
    harvests: int
    kinds: list


class Client:
    """One connection, kept; each answer must be 200."""

    def __init__(self, port, token):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path):
        return self.send("GET", path)

    def patch(self, path, members):
        changed = {"Content-Type": "application/merge-patch+json", "If-Match": "*"}
        return self.send("PATCH", path, json.dumps(members), changed)

    def send(self, method, path, body=None, headers=None):
        self.connection.request(method, path, body, {**self.headers, **(headers or {})})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise Failed(f"{path} answers {answer.status}: {body[:300]!r}")
        return body

    def json(self, path):
        return json.loads(self.get(path))


def query(path, **parameters):
    return f"{FARM}/{path}?{urllib.parse.urlencode(parameters)}"


def seed(options, folder, environment):
    """What `lockstep seed farm` runs."""
    command = [
        options.plant, "seed", "farm", "--farms", str(max(1, options.blocks // BLOCKS_OF_A_FARM)),
        "--blocks", str(min(options.blocks, BLOCKS_OF_A_FARM)), "--seasons", SEASONS]
    done = subprocess.run(list(map(str, command)), env=environment, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))} exits with {done.returncode}: {done.stderr[-1000:]}")


def measure(options, folder, say):
    secret, port = secrets.token_urlsafe(48), free_port()
    environment = {
        "PATH": os.environ["PATH"], "ENVIRONMENT": "test", "HOST": "127.0.0.1", "PORT": str(port), "JWT_SECRET": secret,
        "LOCKSTEP_INTERNAL_TOKEN": secrets.token_urlsafe(32), "DATABASE_URL": f"sqlite://{folder}/farms.sqlite",
        "LOG_LEVEL": "info"}
    say(f"seeding {options.blocks:,} blocks")
    begin = time.monotonic()
    seed(options, folder, environment)
    say(f"seeded in {time.monotonic() - begin:.0f} s")
    plant = Process("farms", [options.plant], sorted(os.sched_getaffinity(0)), port, folder, environment)
    plant.start(lambda: None if get(port, "/health")[0] == 200 else "no answer", patience=120)
    try:
        return asked(options, plant, secret, say)
    finally:
        plant.stop()


def asked(options, plant, secret, say):
    chance = random.Random(SEED)
    admin = Client(plant.port, tokens.Mint(secret).token(1).decode())
    farms = every(admin, "farms")
    for farm in farms[:FARMS_OF_A_MANAGER]:
        admin.patch(f"{FARM}/farms/{farm['id']}", {"manager": MANAGER})
    manager = Client(plant.port, tokens.Mint(secret, MANAGER, role="industry_manager").token(2).decode())
    total = lambda path: admin.json(query(path, perPage=1))["total"]  # noqa: E731
    blocks = [
        block for farm in chance.sample(farms, min(len(farms), 40))
        for block in admin.json(query(f"farms/{farm['id']}/blocks", perPage=100))["data"]]
    crops = every(admin, "crops")
    farm = lambda: chance.choice(farms)["id"]  # noqa: E731
    block = lambda: chance.choice(blocks)  # noqa: E731
    page = lambda last: chance.randint(1, last)  # noqa: E731
    last_page = max(1, min(total("blocks"), 10_000) // PAGE)
    states = ["empty", "planned", "planted", "growing", "fruiting", "harvesting", "cleaning"]
    kinds = {
        "dashboard of a farm": (admin, lambda: f"{FARM}/dashboard/farms/{farm()}"),
        "blocks of a farm, any page": (
            admin, lambda: query(f"farms/{farm()}/blocks", perPage=PAGE, page=page(max(1, BLOCKS_OF_A_FARM // PAGE)))),
        "blocks of all farms, pages 1 to 200": (admin, lambda: query("blocks", perPage=PAGE, page=page(last_page))),
        "blocks in a state": (admin, lambda: query("blocks", state=chance.choice(states), perPage=PAGE, page=page(20))),
        "search by a block's code": (admin, lambda: query("blocks", q=block()["code"], perPage=PAGE)),
        "search by the beginning of codes": (admin, lambda: query("blocks", q=block()["code"][:4], perPage=PAGE)),
        "a block's state and what may follow": (admin, lambda: f"{FARM}/blocks/{block()['id']}/status"),
        "a block's history": (admin, lambda: query(f"blocks/{block()['id']}/transitions", perPage=PAGE)),
        "newest harvests, pages 1 to 200": (admin, lambda: query("harvests", perPage=PAGE, page=page(200))),
        "harvests of a farm": (admin, lambda: query("harvests", farm_id=farm(), perPage=PAGE, page=page(20))),
        "harvests of a block": (admin, lambda: query("harvests", block_id=block()["id"], perPage=PAGE)),
        "harvests of a crop": (
            admin, lambda: query("harvests", crop_id=chance.choice(crops)["id"], perPage=PAGE, page=page(20))),
        "active plantings": (admin, lambda: query("plantings", status="active", perPage=PAGE, page=page(20))),
        "active alerts": (admin, lambda: query("alerts", status="active", perPage=PAGE)),
        "statistics of a farm's year": (admin, lambda: query("statistics", farm_id=farm())),
        "blocks of a manager's ten farms": (manager, lambda: query("blocks", perPage=PAGE, page=page(20))),
        "search in a manager's ten farms": (manager, lambda: query("blocks", q=block()["code"][:4], perPage=PAGE)),
        "harvests of a manager's ten farms, pages 1 to 200": (manager, lambda: query("harvests", perPage=PAGE, page=page(200))),
    }
    answered = []
    for name, (client, path) in kinds.items():
        answered.append(timed(name, client, path, plant, options.requests))
        say(f"{name}: p99 {percentile(answered[-1].milliseconds, 99):.1f} ms")
    return Seeded(len(farms), total("blocks"), total("harvests"), answered)


def every(client, path):
    found, page = [], 1
    while True:
        answer = client.json(query(path, perPage=100, page=page))
        found += answer["data"]
        if len(found) >= answer["total"] or not answer["data"]:
            return found
        page += 1


def timed(name, client, path, plant, requests):
    # What the first answer reads from the disk, and a statement prepared for the first time, are not what is measured.
    for _ in range(20):
        client.get(path())
    milliseconds, before = [], sum(cpu_seconds(plant.pid))
    for _ in range(requests):
        asked_for = path()
        begin = time.perf_counter()
        client.get(asked_for)
        milliseconds.append((time.perf_counter() - begin) * 1000)
    return Kind(name, milliseconds, (sum(cpu_seconds(plant.pid)) - before) / requests * 1000)


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def table(kinds):
    lines = ["|  | p50 ms | p99 ms | max ms | CPU ms/answer | within the goal |", "|---|---:|---:|---:|---:|---|"]
    for kind in kinds:
        high = percentile(kind.milliseconds, 99)
        lines.append(
            f"| {kind.name} | {percentile(kind.milliseconds, 50):.1f} | {high:.1f} | {max(kind.milliseconds):.1f} |"
            f" {kind.cpu:.2f} | {'yes' if high < GOAL else 'no'} |")
    return lines
