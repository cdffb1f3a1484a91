"""What is asked of the peers, and how one run of it is measured."""

import dataclasses
import os
import pathlib
import re
import subprocess
import time

import peers
from processes import Failed, cpu_seconds, get, resident

HERE = pathlib.Path(__file__).resolve().parent
EVERYONE = tuple(peers.PEERS)
COMMON = ("gateway", "haproxy-same", "haproxy-least", "haproxy", "nginx", "envoy", "caddy")
CACHES = ("gateway", "haproxy-same", "haproxy-least", "nginx", "envoy")
ENRICHMENT = {"GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "true"}


@dataclasses.dataclass(frozen=True)
class Case:
    key: str
    title: str
    peers: tuple
    # `load.lua`'s mode; how many tokens of the file it may use (None: all), and for `fresh` the percentage.
    mode: str = "hot"
    tokens: int | None = None
    percent: int = 0
    path: str = peers.PATH
    # Bytes of each answer's body, and of each request's.
    answer: int = len(peers.BODY)
    body: int = 0
    cores: int = 1
    connections: int = 64
    gateway_environment: dict = dataclasses.field(default_factory=dict)


CASES = {case.key: case for case in (
    Case("hot", "One hot token", EVERYONE),
    Case("10k", "10,000 tokens, in turn", COMMON, "cycle", 10_000),
    Case("1m", "{tokens:,} tokens, at random", CACHES, "random"),
    Case("unseen", "A token never seen before on each request", COMMON, "fresh", percent=100),
    Case("enriched-99", "Enrichment, 99 % of the verdicts cached", CACHES[:4], "fresh", percent=1,
         gateway_environment=ENRICHMENT),
    Case("enriched-50", "Enrichment, 50 % of the verdicts cached", CACHES[:4], "fresh", percent=50,
         gateway_environment=ENRICHMENT),
    Case("enriched-0", "Enrichment, no verdict cached", CACHES[:4], "fresh", percent=100, gateway_environment=ENRICHMENT),
    Case("1k-answer", "Answers of 1 KiB", COMMON, path=peers.KIB, answer=2**10),
    Case("1k-body", "Request bodies of 1 KiB", COMMON + ("fastapi",), path=peers.UPLOAD, body=2**10),
    Case("1m-answer", "Answers of 1 MiB", COMMON, path=peers.MIB, answer=2**20, connections=16),
    Case("1m-body", "Request bodies of 1 MiB", COMMON, path=peers.UPLOAD, body=2**20, connections=16),
    Case("2-cores", "Two cores, one hot token", COMMON, cores=2),
)}


@dataclasses.dataclass(frozen=True)
class TokenFile:
    path: pathlib.Path
    width: int
    count: int


def wrk(case, mode, port, token, file, seconds, cores):
    """One run of wrk; answers its line of figures."""
    arguments = ["hot"] if mode == "hot" else [
        mode, file.path, file.width, min(case.tokens or file.count, file.count), *([case.percent] if case.percent else [])]
    done = subprocess.run(
        ["taskset", "-c", ",".join(map(str, cores)), "wrk", "-t1", f"-c{case.connections}", f"-d{seconds}s",
         "--timeout", "10s", "-s", HERE / "load.lua", "-H", f"Authorization: Bearer {token}",
         f"http://127.0.0.1:{port}{case.path}", "--", *map(str, arguments)],
        capture_output=True, text=True, env={**os.environ, "BODY_BYTES": str(case.body)})
    line = re.search(r"^BENCH (.*)$", done.stdout, re.M)
    said = (done.stdout + done.stderr).strip()
    if not line or "tokens ran out" in said:
        raise Failed(f"wrk did not finish its run: {said[-500:]}")
    names = ("requests", "duration", "bytes", "status", "connect", "read", "write", "timeout", "p50", "p99", "p999")
    return dict(zip(names, map(int, line[1].split())))


def measure(case, server, token, file, seconds, cores):
    """The figures of one run. Any answer that is not the whole body with 200 fails it."""
    warm_mode = "cycle" if case.mode == "cycle" else "hot"
    check(case, wrk(case, warm_mode, server.port, token, file, 1, cores))
    before, (user, system), begin = resident(server.pid), cpu_seconds(server.pid), time.monotonic()
    said = wrk(case, case.mode, server.port, token, file, seconds, cores)
    took, (user_after, system_after) = time.monotonic() - begin, cpu_seconds(server.pid)
    check(case, said)
    requests = said["requests"]
    return {
        "rate": requests / said["duration"] * 1e6,
        "user": (user_after - user) / requests * 1e6,
        "system": (system_after - system) / requests * 1e6,
        "cpu": (user_after + system_after - user - system) / requests * 1e6,
        "busy": (user_after + system_after - user - system) / took * 100,
        "p50": said["p50"], "p99": said["p99"], "p999": said["p999"],
        "before": before, "after": resident(server.pid),
    }


def check(case, said):
    requests = said["requests"]
    if not requests:
        raise Failed("no request was answered")
    if said["status"]:
        raise Failed(f"{said['status']} of {requests} answers were refusals")
    broken = {kind: said[kind] for kind in ("connect", "read", "write", "timeout") if said[kind]}
    if broken:
        raise Failed(f"of {requests} requests, these failed: {broken}")
    if said["bytes"] < requests * case.answer:
        raise Failed(f"{said['bytes']} bytes in {requests} answers: bodies of {case.answer} were to come")


def gateway_caches(server):
    """How many verified tokens and verdicts the gateway holds, by its own metrics; verdicts where it asks for them."""
    status, body = get(server.port, "/metrics", server.environment["LOCKSTEP_INTERNAL_TOKEN"])
    if status != 200:
        raise Failed(f"/metrics answers {status}")
    names = {"cached_tokens": "verified tokens"}
    if server.environment["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT"] == "true":
        names["cached_verdicts"] = "verdicts"
    found = {}
    for name, meaning in names.items():
        values = re.findall(rf"^lockstep_gateway_{name}(?:{{[^}}]*}})? ([\d.]+)", body.decode(), re.M)
        if not values:
            raise Failed(f"/metrics does not name lockstep_gateway_{name}")
        found[meaning] = int(sum(map(float, values)))
    return found
