"""Constant requests through the gateway: wrk sends them, and people who log in once and refresh keep it in tokens.

What counts as failed: any answer but 200, and any connection that was refused, reset or timed out.
"""

import json
import pathlib
import subprocess
import threading
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
CONNECTIONS = 32


def call(url, method="GET", body=None, token=None, timeout=10, headers=None):
    """Answers (status, decoded body or text). Raises OSError where there is no answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    if data is not None:
        request.add_header("content-type", "application/json")
    if token:
        request.add_header("authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        status, text = refusal.code, refusal.read()
    try:
        return status, json.loads(text)
    except ValueError:
        return status, text.decode("utf-8", "replace")


class Person(threading.Thread):
    """Logs in once, then refreshes every `interval` seconds and leaves the access token where wrk reads it."""

    def __init__(self, gateway, login, file, interval):
        super().__init__(daemon=True)
        self.gateway, self.credentials, self.file, self.interval = gateway, login, file, interval
        self.stopped, self.failures, self.count = threading.Event(), [], 0

    def sign_in(self):
        status, body = call(f"{self.gateway}/api/v1/auth/login", "POST", self.credentials, timeout=30)
        if status != 200:
            raise RuntimeError(f"login answered {status}: {body}")
        self.keep(body)

    def keep(self, body):
        self.refresh_token = body["refresh_token"]
        fresh = self.file.with_suffix(".new")
        fresh.write_text(body["access_token"])
        fresh.rename(self.file)

    def run(self):
        while not self.stopped.wait(self.interval):
            self.count += 1
            try:
                status, body = call(
                    f"{self.gateway}/api/v1/auth/refresh", "POST", {"refresh_token": self.refresh_token})
            except OSError as error:
                status, body = 0, str(error)
            if status != 200:
                self.failures.append(f"refresh: {status} {body}")
                return
            self.keep(body)


class Load:
    """wrk and its people; used as a context, `result` afterwards."""

    def __init__(self, gateway, login, folder, path, rate, people=4, interval=1.5, seconds=7200):
        self.folder, self.rate = folder, rate
        self.people = [
            Person(gateway, login, folder / f"token-{number}", interval) for number in range(people)]
        self.report = folder / "load.json"
        self.command = [
            "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s", str(HERE / "load.lua"),
            gateway + path, "--", str(folder / "token-"), str(people), str(CONNECTIONS * 1000 / rate),
            str(self.report)]

    def __enter__(self):
        for person in self.people:
            person.sign_in()
        for person in self.people:
            person.start()
        self.began = time.monotonic()
        self.wrk = subprocess.Popen(
            self.command, stdout=(self.folder / "wrk.log").open("w"), stderr=subprocess.STDOUT)
        return self

    def __exit__(self, *_):
        # On SIGINT wrk finishes what is under way and reports. The people go last, so that no token runs out before.
        self.wrk.send_signal(2)
        try:
            self.wrk.wait(30)
        except subprocess.TimeoutExpired:
            self.wrk.kill()
        took = time.monotonic() - self.began
        for person in self.people:
            person.stopped.set()
        for person in self.people:
            person.join(15)
        refreshes = sum(person.count for person in self.people)
        failures = [failure for person in self.people for failure in person.failures]
        counted = json.loads(self.report.read_text()) if self.report.exists() else None
        if counted is None:
            failures.append("wrk left no report: " + (self.folder / "wrk.log").read_text()[-500:])
            counted = {"requests": 0, "errors": {}, "refused": {}, "samples": []}
        for status, count in counted["refused"].items():
            failures += [f"{count} answers with {status}"]
        failures += [f"{count} {kind} errors" for kind, count in counted["errors"].items() if count]
        failures += counted["samples"]
        self.result = Result(counted["requests"] + refreshes, refreshes, took, failures)


class Result:
    def __init__(self, requests, refreshes, seconds, failures):
        self.requests, self.refreshes, self.seconds, self.failures = requests, refreshes, seconds, failures

    def __str__(self):
        return (f"{self.requests} requests ({self.requests / self.seconds:.0f}/s, {self.refreshes} refreshes) in "
                f"{self.seconds:.0f} s, {len(self.failures)} failures")
