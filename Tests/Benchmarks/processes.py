"""Processes that a benchmark starts and stops, and what /proc says of them."""

import http.client
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


class Failed(Exception):
    """The run is worth nothing, and why."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def process_tree(pid):
    """A process and all below it."""
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += process_tree(int(child))
    return found


def cpu_seconds(pid):
    """(user, system) of a process and all below it."""
    user = system = 0
    for one in process_tree(pid):
        fields = pathlib.Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        user, system = user + int(fields[11]), system + int(fields[12])
    return user / TICK, system / TICK


def resident(pid):
    """MiB of a process and all below it; pages that several share count for each."""
    pages = sum(int(pathlib.Path(f"/proc/{one}/statm").read_text().split()[1]) for one in process_tree(pid))
    return pages * PAGE / 2**20


def get(port, path, token=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        connection.request("GET", path, headers={**bearer, **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


class Process:
    """One process (with its workers) pinned to some cores."""

    def __init__(self, name, command, cores, port, folder, environment=None):
        self.name, self.command, self.cores, self.port = name, command, cores, port
        self.log = folder / f"{re.sub('[^a-z]+', '-', name.lower()).strip('-')}.log"
        self.environment = environment or {}
        self.process = None

    @property
    def pid(self):
        return self.process.pid

    def launch(self):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.log.parent), **self.environment}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["taskset", "-c", ",".join(map(str, self.cores)), *map(str, self.command)], env=environment,
                cwd=self.log.parent, stdout=log, stderr=subprocess.STDOUT)

    def start(self, is_served, patience=20):
        """`is_served` answers None when all is well, else what is amiss."""
        self.launch()
        deadline = time.monotonic() + patience
        while True:
            try:
                if (amiss := is_served()) is None:
                    return
            except (OSError, http.client.HTTPException) as error:
                amiss = str(error)
            if self.process.poll() is not None or time.monotonic() > deadline:
                tail = self.log.read_text()[-2000:]
                self.stop()
                raise Failed(f"{self.name} does not serve ({amiss}):\n{tail}")
            time.sleep(0.1)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
