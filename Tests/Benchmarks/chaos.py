"""The gateway under constant load while the plant behind it is killed, slow, flapping, talks garbage and closes in the
middle of bodies. Fails on an answer that is another client's or wrong, a request that hangs, a recovery that takes longer
than the breaker's time, and growth of memory or descriptors. Started by scripts/soak.

Each request has a marker in its path and a token of its own user; the plant repeats path, user and customer.
"""

import argparse
import asyncio
import collections
import dataclasses
import itertools
import json
import os
import pathlib
import re
import resource
import secrets
import signal
import sys
import tempfile
import time

import tokens
from processes import Failed, Process, free_port, get, resident

HERE = pathlib.Path(__file__).resolve().parent
CLIENTS = 32
# Of each client: so few that the gateway's caches hold all of them after the first round, and growth behind it is a leak.
TOKENS = 40
# The gateway's, in seconds: nothing may take longer than all of them together.
FIRST_BYTE, ENRICHMENT, BREAKER = 2, 1, 2
PATIENCE = 10
# From the plant's return to the last refusal: the breaker's time, a probe, and the upstream requests under way.
RECOVERY = BREAKER + ENRICHMENT + FIRST_BYTE + 1
# Without a verdict, without an upstream's answer, or without an upstream.
REFUSALS = {502, 503, 504}
CHAOS = ("killed", "slow", "flapping", "garbage", "cut", "reset")


@dataclasses.dataclass
class Tally:
    answered: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    cut: int = 0
    faults: list = dataclasses.field(default_factory=list)
    # True where nothing but 200 is right.
    is_calm: bool = True
    # When the last answer that was no 200 came (monotonic).
    last_refusal: float = 0.0

    def fault(self, text):
        if len(self.faults) < 20:
            self.faults.append(text)

    def refused(self, what, marker):
        self.last_refusal = time.monotonic()
        if self.is_calm:
            self.fault(f"{what} for {marker} while the plant was well")


class Client:
    """One user on one connection, asking without pause."""

    def __init__(self, number, port, mint, tally):
        self.user = f"user-{number:03}"
        self.port, self.tally = port, tally
        self.tokens = itertools.cycle([mint.token(number * 1_000_000 + serial).decode() for serial in range(TOKENS)])
        self.token = None
        self.connection = None

    async def run(self, stop):
        for count in itertools.count():
            if stop.is_set():
                break
            # Now and then another token, whose verdict is too old by then: the plant's misbehaviour meets validations too.
            if count % 50 == 0:
                self.token = next(self.tokens)
            marker = f"/api/v1/soak/{self.user}/{count}"
            try:
                async with asyncio.timeout(PATIENCE):
                    await self.ask(marker)
            except TimeoutError:
                self.tally.fault(f"no answer within {PATIENCE} s for {marker}")
                self.drop()
            except (OSError, asyncio.IncompleteReadError):
                # Closed before the whole answer: right after a cut upstream, and never as a complete 200.
                self.tally.cut += 1
                self.tally.refused("a closed connection", marker)
                self.drop()
        self.drop()

    def drop(self):
        if self.connection:
            self.connection[1].close()
            self.connection = None

    async def ask(self, marker):
        if not self.connection:
            self.connection = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.connection
        writer.write(
            f"GET {marker} HTTP/1.1\r\nHost: soak\r\nAuthorization: Bearer {self.token}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"(?i)\r\ncontent-length: *(\d+)", head)
        if not length:
            self.tally.fault(f"no Content-Length for {marker}: {head!r}")
            return self.drop()
        body = (await reader.readexactly(int(length[1]))).decode()
        status = int(head.split(" ")[1])
        self.tally.answered[status] += 1
        if status == 200:
            if body != f"{marker}|{self.user}|of-{self.user}":
                self.tally.fault(f"{marker} was answered {body!r}")
        elif status not in REFUSALS:
            self.tally.fault(f"{marker} was answered {status}: {body[:200]!r}")
        else:
            # The gateway's own answer names the path too.
            if json.loads(body).get("instance") != marker:
                self.tally.fault(f"the refusal of {marker} speaks of another request: {body[:300]!r}")
            self.tally.refused(status, marker)
            # As a client with manners would; without it refusals alone would fill the soak.
            await asyncio.sleep(0.01)
        if re.search(r"(?i)\r\nconnection: *close", head):
            self.drop()


class Stage:
    """The plant, and what is done to it."""

    def __init__(self, folder):
        self.port = free_port()
        self.process = Process("plant", [
            sys.executable, "-B", HERE / "fake_plant.py", "--port", self.port, "--slow-seconds", FIRST_BYTE + 1],
            sorted(os.sched_getaffinity(0)), self.port, folder)

    def start(self):
        self.process.start(lambda: None if get(self.port, "/plant/counts")[0] == 200 else "no answer")

    async def mode(self, name):
        await asyncio.to_thread(get, self.port, f"/plant/mode/{name}")

    async def restart(self):
        await asyncio.to_thread(self.start)

    def kill(self):
        self.process.process.send_signal(signal.SIGKILL)
        self.process.process.wait()

    async def misbehave(self, how, seconds):
        if how == "killed":
            self.kill()
            await asyncio.sleep(seconds)
            await self.restart()
        elif how == "flapping":
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                self.kill()
                await asyncio.sleep(0.3)
                await self.restart()
                await asyncio.sleep(0.3)
        else:
            await self.mode(how)
            await asyncio.sleep(seconds)
            await self.mode("ok")


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


class Soak:
    def __init__(self, options, gateway, stage, mints):
        self.options, self.gateway, self.stage = options, gateway, stage
        self.tally = Tally()
        self.clients = [Client(number, gateway.port, mint, self.tally) for number, mint in enumerate(mints)]
        # MiB before the first request.
        self.start = 0.0
        # (MiB, descriptors) in calm, once a round.
        self.samples = []

    async def run(self):
        stop = asyncio.Event()
        begin = time.monotonic()
        self.start = resident(self.gateway.pid)
        async with asyncio.TaskGroup() as group:
            for client in self.clients:
                group.create_task(client.run(stop))
            try:
                await self.rounds(begin)
            except Failed as failed:
                self.tally.fault(str(failed))
            finally:
                stop.set()
        self.report(time.monotonic() - begin)

    async def rounds(self, begin):
        for number in itertools.count():
            for how in CHAOS:
                await asyncio.sleep(self.options.calm)
                self.tally.is_calm = False
                await self.stage.misbehave(how, self.options.chaos)
                back = time.monotonic()
                await asyncio.sleep(RECOVERY)
                self.tally.is_calm = True
                print(f"soak: round {number + 1}, {how}: the last refusal {max(0, self.tally.last_refusal - back):.1f} s "
                      f"after the plant was back", flush=True)
                if self.gateway.process.poll() is not None:
                    raise Failed(f"the gateway ended with {self.gateway.process.returncode}")
                if self.tally.faults:
                    return
            self.samples.append((resident(self.gateway.pid), descriptors(self.gateway.pid)))
            if time.monotonic() - begin > self.options.minutes * 60:
                return

    def report(self, took):
        answered = self.tally.answered
        print(f"soak: {took:.0f} s, {answered.total():,} answers, each checked to be its client's own: "
              + ", ".join(f"{count:,} of {status}" for status, count in sorted(answered.items()))
              + f"; {self.tally.cut:,} closed")
        if not answered[200]:
            self.tally.fault("not one request was served")
        # Pools, caches and allocators fill in the first round.
        if len(self.samples) > 1:
            (first, first_open), (last, last_open) = self.samples[0], self.samples[-1]
            middle = self.samples[len(self.samples) // 2][0]
            print(f"soak: gateway: {self.start:.0f} MiB at the start, {first:.0f} after the first round, {middle:.0f} in the "
                  f"middle, {last:.0f} at the end, {first_open} to {last_open} descriptors, over "
                  f"{len(self.samples) - 1} rounds after the first; highest {max(mib for mib, _ in self.samples):.0f} MiB")
            if last > first * 1.25 + 8:
                self.tally.fault(f"the gateway grew from {first:.0f} to {last:.0f} MiB")
            if last_open > first_open + 64:
                self.tally.fault(f"the gateway opened descriptors without closing them: {first_open} to {last_open}")
        elif self.samples:
            print(f"soak: gateway: {self.samples[0][0]:.0f} MiB after the only round: too short to tell growth")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gateway", type=pathlib.Path, required=True)
    parser.add_argument("--minutes", type=float, default=10, help="ends with the round that is under way")
    parser.add_argument("--calm", type=float, default=5, help="seconds between two misbehaviours")
    parser.add_argument("--chaos", type=float, default=4, help="seconds of each")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory(prefix="lockstep-soak-") as name:
        folder = pathlib.Path(name)
        secret, port = secrets.token_urlsafe(48), free_port()
        stage = Stage(folder)
        gateway = Process("gateway", [options.gateway.resolve()], sorted(os.sched_getaffinity(0)), port, folder, {
            "ENVIRONMENT": "test", "HOST": "127.0.0.1", "PORT": str(port), "JWT_SECRET": secret, "LOG_LEVEL": "warning",
            "LOCKSTEP_INTERNAL_TOKEN": secrets.token_urlsafe(32), "PLANT_BACKEND_URL": f"http://127.0.0.1:{stage.port}",
            "GW_REVOCATIONS": "false", "GW_FIRST_BYTE_TIMEOUT_MS": str(FIRST_BYTE * 1000),
            "GW_ENRICHMENT_TIMEOUT_MS": str(ENRICHMENT * 1000), "GW_ENRICHMENT_BREAKER_SECONDS": str(BREAKER),
            "GW_ENRICHMENT_TTL_SECONDS": "2",
        })
        mints = [tokens.Mint(secret, f"user-{number:03}", f"user-{number:03}@example.org") for number in range(CLIENTS)]
        try:
            stage.start()
            gateway.start(lambda: None if get(port, "/health")[0] == 200 else "no answer")
            soak = Soak(options, gateway, stage, mints)
            asyncio.run(soak.run())
            faults = soak.tally.faults
        except Failed as failed:
            faults = [str(failed)]
        finally:
            gateway.stop()
            stage.process.stop()
        if gateway.process and gateway.process.returncode != 0:
            faults.append(f"the gateway ended with {gateway.process.returncode} on SIGTERM")
        for fault in faults:
            print(f"soak: {fault}", file=sys.stderr)
        if faults:
            print(gateway.log.read_text()[-2000:], file=sys.stderr)
            sys.exit(1)


if __name__ == "__main__":
    main()
