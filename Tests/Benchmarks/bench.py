"""The gateway beside HAProxy, nginx, Envoy, Caddy and FastAPI: one backend, the same tokens, interleaved rounds.

Started by scripts/bench. Prints tables; with --results writes results.svg and its section of RESULTS.md there. Everything listens on
loopback, and what is started here is stopped here.
"""

import argparse
import os
import pathlib
import resource
import secrets
import shutil
import sys
import tempfile

import cases
import first_requests
import idle
import peers
import pypi
import report
import tokens
from processes import Failed, get

IDLE = "idle"
FIRST = "first-requests"


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gateway", type=pathlib.Path, help="the release executable; without it the peers alone")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=1_000_000, help="in the largest case; one is used up per request")
    parser.add_argument("--case", action="append", choices=[*cases.CASES, IDLE, FIRST], help="may be repeated; else all")
    parser.add_argument("--peer", action="append", choices=list(peers.PEERS), help="may be repeated; else the case's own")
    parser.add_argument("--venv", type=pathlib.Path, help="where Envoy and FastAPI are installed or will be")
    parser.add_argument("--results", type=pathlib.Path, help="folder of RESULTS.md and results.svg")
    return parser.parse_args()


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.secret = secrets.token_urlsafe(48)
        self.mint = tokens.Mint(self.secret)
        self.token = self.mint.token(0).decode()
        self.cores = sorted(os.sched_getaffinity(0))
        if len(self.cores) < 2:
            raise Failed("needs two cores, one for what is measured and one for the load")
        self.missing = {}
        self.envoy = self.python = None
        if options.venv:
            self.envoy, self.python, reason = pypi.install(options.venv)
        else:
            reason = "no --venv"
        if reason:
            self.missing = {"envoy": f"skipped: {reason}", "fastapi": f"skipped: {reason}"}
        if not options.gateway:
            self.missing |= dict.fromkeys(("gateway", "gateway-quiet"), "skipped: no --gateway")
        self.site = self.site_of(cores=1)
        self.file = None

    def site_of(self, cores, **gateway_environment):
        """One core for what is measured and the others for the load; with two, the load may have to share them."""
        return peers.Site(
            self.folder, self.secret, self.options.gateway and self.options.gateway.resolve(), self.cores[:cores],
            self.cores[cores:] or self.cores[1:], envoy=self.envoy, python=self.python,
            gateway_environment=gateway_environment)

    def chosen(self, keys):
        return self.options.peer or list(keys)

    def run(self):
        wanted = self.options.case or [*cases.CASES, IDLE, FIRST]
        chosen = [cases.CASES[key] for key in wanted if key in cases.CASES]
        if any(case.mode != "hot" for case in chosen):
            say(f"writing {self.options.tokens:,} tokens")
            path = self.folder / "tokens"
            self.file = cases.TokenFile(path, self.mint.write(path, self.options.tokens), self.options.tokens)
        rows = {case.key: {key: [] for key in self.chosen(case.peers)} for case in chosen}
        idle_rows = {key: [] for key in self.chosen(cases.COMMON)} if IDLE in wanted else {}
        direct, firsts, self.caches = [], [], {}
        # The backend first: what it answers at its start needs no validator.
        services = [peers.backend(self.site), peers.validator(self.site)]
        try:
            for service in services:
                service.start(lambda: self.answers(service, peers.PATH, len(peers.BODY)))
            # Interleaved, each peer alone on its core: a slow minute of the machine falls on all of them.
            for number in range(self.options.rounds):
                for case in chosen:
                    if case.key == "hot":
                        direct.append(cases.measure(
                            case, services[0], self.token, None, self.options.seconds, self.site.load_cores))
                    for key in rows[case.key]:
                        if key not in self.missing:
                            rows[case.key][key].append(self.one(case, peers.PEERS[key]))
                for key in idle_rows:
                    if key not in self.missing:
                        idle_rows[key].append(self.idle(peers.PEERS[key]))
                if FIRST in wanted and self.options.gateway:
                    firsts.append(first_requests.run(self.site_of(
                        cores=len(self.cores), **cases.ENRICHMENT, GW_ENRICHMENT_TIMEOUT_MS="20000"), self.secret))
                say(f"round {number + 1} of {self.options.rounds}")
        finally:
            for service in services:
                service.stop()
        return self.sections(chosen, rows, direct, idle_rows, firsts), [
            (self.title(case), rows[case.key]) for case in chosen]

    def answers(self, service, path, length):
        status, body = get(service.port, path)
        return None if status == 200 and len(body) == length else f"{status} with {len(body)} bytes"

    def started(self, peer, site, path=peers.PATH, length=len(peers.BODY)):
        server = peer.make(site, peer.name)
        server.start(lambda: peers.amiss(peer, server, self.token, path, length))
        return server

    def one(self, case, peer):
        site = self.site_of(case.cores, **case.gateway_environment)
        site.backend_port, site.validator_port = self.site.backend_port, self.site.validator_port
        server = self.started(peer, site, case.path, case.answer)
        try:
            run = cases.measure(case, server, self.token, self.file, self.options.seconds, site.load_cores)
            if peer.key == "gateway" and case.mode != "hot":
                self.caches[case.key] = cases.gateway_caches(server)
            return run
        except Failed as failed:
            raise Failed(f"{peer.name}, {self.title(case)}: {failed}") from None
        finally:
            server.stop()

    def idle(self, peer):
        site = self.site_of(1)
        site.backend_port, site.validator_port = self.site.backend_port, self.site.validator_port
        server = self.started(peer, site)
        try:
            return idle.measure(server, self.token, peers.PATH)
        except Failed as failed:
            raise Failed(f"{peer.name}, idle connections: {failed}") from None
        finally:
            server.stop()

    def title(self, case):
        return case.title.format(tokens=self.options.tokens)

    def sections(self, chosen, rows, direct, idle_rows, firsts):
        listed = []
        for case in chosen:
            shown = dict(rows[case.key])
            if case.key == "hot":
                shown["(the backend without a proxy)"] = direct
            text = report.table(shown, self.missing)
            if held := self.caches.get(case.key):
                counts = ", ".join(f"{count:,} {meaning}" for meaning, count in held.items())
                text += f"\n\nThe gateway's caches at the end of the last round: {counts}."
            listed.append((self.title(case), text))
        if idle_rows:
            listed.append(("10,000 idle connections", report.idle_table(idle_rows, self.missing)))
        if firsts:
            listed.append(("10,000 concurrent first requests for 100 tokens", first_requests.text(firsts)))
        return listed


def main():
    options = arguments()
    for tool in ("wrk", "haproxy", "nginx", "caddy", "taskset"):
        if not shutil.which(tool):
            sys.exit(f"bench: {tool} is not installed; scripts/bench installs it")
    # Two descriptors for each of the 10,000 connections in whoever proxies them.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lockstep-bench-"))
    folder.chmod(0o755)
    load_before = os.getloadavg()[0]
    try:
        bench = Bench(options, folder)
        sections, groups = bench.run()
    except Failed as failed:
        sys.exit(f"bench: failed: {failed}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for title, text in sections:
        print(f"\n{title}\n\n{text}")
    if options.results:
        (options.results / "results.svg").write_text(report.chart(groups))
        report.write_section(
            options.results, report.document(bench.site, options, sections, load_before, len(bench.token)))
        say(f"wrote RESULTS.md and results.svg in {options.results}")


if __name__ == "__main__":
    main()
