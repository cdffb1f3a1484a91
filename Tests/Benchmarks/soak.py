"""The local stack under constant requests: fails on any wrong answer, on growth of memory or descriptors, and when the
stack does not stop cleanly. Started by scripts/soak, which has built the executables and written .env.

Clients log in, read through the gateway, and refresh their session every five seconds.
"""

import argparse
import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PORTS = {"pp-backend": 8080, "cp-backend": 8081, "plant-backend": 8001, "plant-gateway": 8000}
CLIENTS = 4


def dot_env():
    lines = (line.split("=", 1) for line in (ROOT / ".env").read_text().splitlines() if "=" in line and line[0] != "#")
    return {name.removeprefix("export ").strip(): value.strip() for name, value in lines}


class Client:
    """One person with one connection to each port."""

    def __init__(self, email, password):
        self.login = {"email": email, "password": password}
        self.connections, self.tokens = {}, None

    def call(self, port, method, path, body=None, token=None):
        """Answers (status, body). A connection that the service closed while idle is opened once more."""
        headers = {"content-type": "application/json"} if body is not None else {}
        if token:
            headers["authorization"] = f"Bearer {token}"
        for attempt in (1, 2):
            connection = self.connections.get(port)
            reused = connection is not None
            if not reused:
                connection = self.connections[port] = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
            try:
                connection.request(method, path, json.dumps(body) if body is not None else None, headers)
                answer = connection.getresponse()
                return answer.status, answer.read()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                connection.close()
                self.connections[port] = None
                if not reused or attempt == 2 or method != "GET":
                    raise

    def sign_in(self):
        status, body = self.call(8080, "POST", "/api/v1/auth/login", self.login)
        if status != 200:
            raise RuntimeError(f"login: {status}")
        self.tokens = json.loads(body)

    def refresh(self):
        status, body = self.call(
            8080, "POST", "/api/v1/auth/refresh", {"refresh_token": self.tokens["refresh_token"]})
        if status != 200:
            raise RuntimeError(f"refresh: {status}")
        self.tokens = json.loads(body)

    def read(self):
        status, _ = self.call(8000, "GET", "/api/v1/customers", token=self.tokens["access_token"])
        if status != 200:
            raise RuntimeError(f"customers through the gateway: {status}")


def work(client, stop, counts, faults):
    try:
        client.sign_in()
        refreshed = time.monotonic()
        while not stop.is_set():
            client.read()
            counts["reads"] += 1
            if time.monotonic() - refreshed > 5:
                client.refresh()
                counts["refreshes"] += 1
                refreshed = time.monotonic()
    except Exception as error:  # noqa: BLE001  whatever it is, the soak has failed
        faults.append(f"{type(error).__name__}: {error}")
        stop.set()


def descendants(pid):
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield int(child)
            yield from descendants(int(child))


def usage(parent):
    """Per executable and process: resident MiB and open descriptors."""
    seen = {}
    for pid in descendants(parent):
        try:
            name = pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
            if name not in ("portal", "gateway", "plant"):
                continue
            pages = int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
            descriptors = len(os.listdir(f"/proc/{pid}/fd"))
        except OSError:
            continue
        seen[f"{name} {pid}"] = (pages * os.sysconf("SC_PAGE_SIZE") / 2**20, descriptors)
    return seen


def wait_until_ready(stack, log):
    deadline = time.monotonic() + 90
    for service, port in PORTS.items():
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
                connection.request("GET", "/ready")
                if connection.getresponse().status == 200:
                    break
            except OSError:
                pass
            if stack.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"soak: {service} does not become ready:\n{log.read_text()[-3000:]}")
            time.sleep(0.2)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lockstep", type=pathlib.Path, required=True)
    parser.add_argument("--minutes", type=float, default=30)
    options = parser.parse_args()
    settings = dot_env()
    seconds = options.minutes * 60
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder) / "stack.log"
        stack = subprocess.Popen(
            [str(options.lockstep), "up", "-f", "docker-compose.local.yml"], cwd=ROOT, stdout=log.open("w"),
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        stop, faults, counts = threading.Event(), [], {"reads": 0, "refreshes": 0}
        threads = []
        try:
            wait_until_ready(stack, log)
            for _ in range(CLIENTS):
                client = Client(settings["PORTAL_ADMIN_EMAIL"], settings["PORTAL_ADMIN_PASSWORD"])
                threads.append(threading.Thread(target=work, args=(client, stop, counts, faults)))
                threads[-1].start()
            begin, warm = time.monotonic(), None
            while time.monotonic() - begin < seconds and not stop.is_set():
                stop.wait(min(5, seconds / 6))
                # Pools, caches and allocators fill in the first quarter; from there on nothing should grow.
                if warm is None and time.monotonic() - begin > seconds / 4:
                    warm = usage(stack.pid)
            took = time.monotonic() - begin
            end = usage(stack.pid)
        finally:
            stop.set()
            for thread in threads:
                thread.join(20)
            if stack.poll() is None:
                stack.send_signal(signal.SIGINT)
            try:
                code = stack.wait(40)
            except subprocess.TimeoutExpired:
                stack.kill()
                code = "nothing: it had to be killed"
        print(f"soak: {took:.0f} s, {counts['reads']} reads through the gateway, {counts['refreshes']} refreshes")
        for name, (mebibytes, descriptors) in sorted((warm or {}).items()):
            if name not in end:
                faults.append(f"{name} is gone")
                continue
            now, open_now = end[name]
            print(f"soak: {name}: {mebibytes:.0f} to {now:.0f} MiB, {descriptors} to {open_now} descriptors")
            if now > mebibytes * 1.5 + 16:
                faults.append(f"{name} grew from {mebibytes:.0f} to {now:.0f} MiB")
            if open_now > descriptors + 32:
                faults.append(f"{name} opened descriptors without closing them: {descriptors} to {open_now}")
        if len(warm or {}) != 4 and not faults:
            faults.append(f"{len(warm or {})} processes were measured instead of 4")
        if code not in (0, 130):
            faults.append(f"lockstep up ended with {code} on Ctrl-C")
        for fault in faults:
            print(f"soak: {fault}", file=sys.stderr)
        if faults:
            print(log.read_text()[-2000:], file=sys.stderr)
            sys.exit(1)


if __name__ == "__main__":
    main()
