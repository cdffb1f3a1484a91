"""The plant: what a validation costs beside FastAPI's, and what it answers over 100,000 blocks and 1,000,000 harvests.

Started by scripts/bench. Prints tables; with --results writes its section of RESULTS.md there, and leaves the others.
"""

import argparse
import os
import pathlib
import secrets
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time

import cases
import farms
import pypi
import report
import tokens
from processes import Failed, Process, free_port, get

HERE = pathlib.Path(__file__).resolve().parent
HEADING = "# What the plant's answers cost"
VALIDATE = "/api/v1/auth/validate"
CUSTOMERS = 10_000
# Every customer's user has the number that the token of the same number carries.
CUSTOMER_USER = "u-" + tokens.NUMBER.decode()
NOTE = """\
Written by `make bench` on {date}: {machine}, release build, SQLite.

**Validations** (`GET /api/v1/auth/validate`): medians of {rounds} interleaved rounds of {seconds} s, `wrk -t1 -c64`; each \
server is pinned to one core, wrk to the other. FastAPI does the same work: the same claims compared by PyJWT, the customer \
looked up with sqlite3, a record of each answer written in batches, a JSON line per request; one uvicorn worker with uvloop \
and httptools. CPU is user and system time of the process over its answers. The plant also keeps metrics, looks whether \
an assertion vouches for another token, and whether a customer went into another.

**The farm manager** over {blocks:,} blocks and {harvests:,} harvests of {farms:,} farms (`lockstep seed farm`): one client \
after the other, {requests:,} requests of each kind at random farms, blocks and pages, timed at the client. The goal is a \
99th percentile under {goal} ms. The plans of all these statements are held by `QueryPlanTests`.
"""


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--plant", type=pathlib.Path, required=True, help="the release executable")
    parser.add_argument("--venv", type=pathlib.Path, required=True, help="where FastAPI is installed or will be")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--requests", type=int, default=1_000, help="of each kind, to the farm manager")
    parser.add_argument("--blocks", type=int, default=100_000, help="with ten harvests each")
    parser.add_argument("--results", type=pathlib.Path, help="folder of RESULTS.md")
    return parser.parse_args()


class Servers:
    """The two that validate, each with a database of its own of one content."""

    def __init__(self, options, folder, python):
        self.folder, self.options, self.python = folder, options, python
        self.secret = secrets.token_urlsafe(48)
        self.cores = sorted(os.sched_getaffinity(0))
        if len(self.cores) < 2:
            raise Failed("needs two cores, one for what is measured and one for the load")

    def plant(self, database, cores):
        port = free_port()
        return Process("plant", [self.options.plant], cores, port, self.folder, {
            "ENVIRONMENT": "test", "HOST": "127.0.0.1", "PORT": str(port), "JWT_SECRET": self.secret,
            "LOCKSTEP_INTERNAL_TOKEN": secrets.token_urlsafe(32), "DATABASE_URL": f"sqlite://{database}",
            "LOG_LEVEL": "info", "PLANT_AUDIT_MAX_RECORDS": "100000000"})

    def fastapi(self, database, cores):
        port = free_port()
        return Process("fastapi", [
            self.python, "-m", "uvicorn", "--app-dir", HERE, "fastapi_plant:app", "--host", "127.0.0.1", "--port",
            str(port), "--workers", "1", "--no-access-log", "--log-level", "warning"], cores, port, self.folder, {
                "JWT_SECRET": self.secret, "JWT_KID": tokens.kid(self.secret), "DATABASE_FILE": str(database),
                "PYTHONDONTWRITEBYTECODE": "1"})

    def start(self, server):
        server.start(lambda: None if get(server.port, VALIDATE)[0] == 401 else "it answers a request without a token")


def validations(options, folder, python):
    """(title, {row: runs}) of each case."""
    servers = Servers(options, folder, python)
    first = folder / "plant.sqlite"
    migrated = servers.plant(first, servers.cores)
    servers.start(migrated)
    migrated.stop()
    now = int(time.time())
    with sqlite3.connect(first) as database:
        database.executemany(
            "INSERT INTO customers (id, user_id, name, email, plan, status, search_text, version, created_at, updated_at)"
            " VALUES (?, ?, ?, ?, 'pro', 'active', '', 1, ?, ?)",
            ((f"c-{number}", CUSTOMER_USER % number, f"Customer {number}", f"{number}@example.org", now, now)
             for number in range(1, CUSTOMERS + 1)))
    database.close()
    second = folder / "fastapi.sqlite"
    shutil.copy(first, second)
    staff = tokens.Mint(servers.secret)
    customers = tokens.Mint(servers.secret, "u-#", "#@example.org", "customer", "lockstep-customer")
    path = folder / "tokens"
    file = cases.TokenFile(path, customers.write(path, CUSTOMERS), CUSTOMERS)
    shown = staff.token(0).decode()
    both = [
        cases.Case("hot", "Validation of one operator's token", (), path=VALIDATE, answer=100),
        cases.Case("cycle", f"Validation of the tokens of {CUSTOMERS:,} customers, in turn, each looked up", (), "cycle",
                   CUSTOMERS, path=VALIDATE, answer=100),
    ]
    rows = {case.title: {"Lockstep plant": [], "FastAPI + PyJWT": []} for case in both}
    for number in range(options.rounds):
        for name, server in (
            ("Lockstep plant", servers.plant(first, servers.cores[:1])),
            ("FastAPI + PyJWT", servers.fastapi(second, servers.cores[:1])),
        ):
            if name == "FastAPI + PyJWT" and not python:
                continue
            servers.start(server)
            try:
                same_answers(server, shown, customers.token(7).decode())
                for case in both:
                    rows[case.title][name].append(cases.measure(
                        case, server, shown, file, options.seconds, servers.cores[1:]))
            finally:
                server.stop()
        say(f"validations: round {number + 1} of {options.rounds}")
    return rows


def same_answers(server, staff, customer):
    """What is measured answers as it should, or the run is worth nothing."""
    head, _, signature = staff.rpartition(".")
    tampered = head + "." + ("B" if signature[0] != "B" else "C") + signature[1:]
    for token, wanted, text in (
        (staff, 200, b'"customer_id":null'), (customer, 200, b'"customer_id":"c-7"'), (tampered, 401, b""),
    ):
        status, body = get(server.port, VALIDATE, token)
        if status != wanted or text not in body:
            raise Failed(f"{server.name} answers {status} {body[:200]!r}, not {wanted} with {text!r}")


def validation_table(rows, missing):
    lines = [
        "|  | answers/s | CPU µs/answer | user | system | to FastAPI | p50 ms | p99 ms | MiB after |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    peer = rows["FastAPI + PyJWT"]
    base = report.medians(peer)["cpu"] if peer else None
    for name, runs in rows.items():
        if not runs:
            lines.append(f"| {name} | {missing} | | | | | | | |")
            continue
        value = report.medians(runs)
        lines.append(
            f"| {name} | {value['rate']:,.0f} | {value['cpu']:.1f} | {value['user']:.1f} | {value['system']:.1f} |"
            f" {report.ratio(value['cpu'], base)} | {value['p50'] / 1000:.2f} | {value['p99'] / 1000:.2f} |"
            f" {value['after']:.0f} |")
    return lines


def main():
    options = arguments()
    options.plant = options.plant.resolve()
    if not shutil.which("wrk"):
        sys.exit("bench: wrk is not installed; scripts/bench installs it")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lockstep-bench-"))
    try:
        _, python, missing = pypi.install(options.venv)
        rows = validations(options, folder, python)
        seeded = farms.measure(options, folder, say)
    except Failed as failed:
        sys.exit(f"bench: failed: {failed}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    lines = [HEADING, "", NOTE.format(
        date=time.strftime("%Y-%m-%d"), machine=report.machine(), rounds=options.rounds, seconds=options.seconds,
        blocks=seeded.blocks, harvests=seeded.harvests, farms=seeded.farms, requests=options.requests, goal=farms.GOAL)]
    for title, runs in rows.items():
        lines += [f"## {title}", "", *validation_table(runs, f"skipped: {missing}"), ""]
    lines += ["## The farm manager", "", *farms.table(seeded.kinds), ""]
    text = "\n".join(lines)
    print(text)
    if options.results:
        report.write_section(options.results, text)


if __name__ == "__main__":
    main()
