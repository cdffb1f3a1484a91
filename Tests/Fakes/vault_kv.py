#!/usr/bin/env python3
"""A stand-in for HashiCorp Vault: a KV engine of version 2 at secret/, one of version 1 at kv1/, AppRole and Kubernetes
logins, tokens with leases. Held to the client `hvac` by Tests/Stores/hvac_client.py.

usage: vault_kv.py [--port 0]     prints `port N` once it listens on 127.0.0.1

Logins: role id `role` with secret id `secret-id`; Kubernetes role `app` with the service-account token `pod-token`; the
root token is `root-token`. Namespace `team` has the same content as none; others are denied.

`POST /_control` sets what the next requests meet, for tests alone; each member replaces what was set before:
  fault     {"status": 403, "times": 1, "body": "...", "path": "data"}; without `times` until it is taken away
  slow      seconds before each answer
  lease     {"seconds": 60, "renewable": true, "max": 120}   of tokens from logins
  clock     seconds that the fake's clock is ahead
  revoke    true: all tokens from logins end now
  reset     true: all content and settings are gone
`GET /_control` answers counts: logins, renewals, reads, writes.
"""

import argparse
import itertools
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

ROOT_TOKEN = "root-token"


class State:
    def __init__(self):
        self.lock = threading.Lock()
        self.reset()

    def reset(self):
        self.secrets = {}  # path -> list of {"data", "deleted", "destroyed", "created"}
        self.tokens = {}  # token -> {"expires", "span", "since", "renewable"}
        self.fault = None
        self.slow = 0
        self.lease = {"seconds": 3600, "renewable": True, "max": 86400}
        self.ahead = 0
        self.counts = {"logins": 0, "renewals": 0, "reads": 0, "writes": 0}
        self.serial = itertools.count(1)

    def now(self):
        return time.time() + self.ahead


STATE = State()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=None, headers=()):
        data = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, status, *errors):
        self.answer(status, {"errors": list(errors)})

    def body(self):
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return json.loads(data) if data else {}

    def handle_any(self):
        url = urlsplit(self.path)
        path, query = unquote(url.path), parse_qs(url.query)
        body = self.body()
        if path == "/_control":
            return self.control(body)
        if STATE.slow:
            time.sleep(STATE.slow)
        with STATE.lock:
            fault = STATE.fault
            if fault and fault.get("path", "") in path:
                if "times" in fault:
                    fault["times"] -= 1
                    if fault["times"] <= 0:
                        STATE.fault = None
                headers = [("Location", fault["location"])] if "location" in fault else []
                return self.answer(fault["status"], fault.get("body", '{"errors":["fault"]}'), headers)
            if not path.startswith("/v1/"):
                return self.refuse(404)
            if self.headers.get("X-Vault-Namespace", "team").strip("/") not in ("team", ""):
                return self.refuse(403, "permission denied")
            self.route(path[4:], query, body)

    do_GET = do_POST = do_PUT = do_DELETE = handle_any

    def control(self, body):
        with STATE.lock:
            if body.get("reset"):
                STATE.reset()
            if body.get("revoke"):
                STATE.tokens.clear()
            STATE.fault = body.get("fault", STATE.fault)
            STATE.slow = body.get("slow", STATE.slow)
            STATE.lease = body.get("lease", STATE.lease)
            STATE.ahead = body.get("clock", STATE.ahead)
            self.answer(200, STATE.counts)

    def route(self, path, query, body):
        if match := re.fullmatch(r"auth/(.+)/login", path):
            return self.login(match[1], body)
        token = self.headers.get("X-Vault-Token", "")
        held = STATE.tokens.get(token)
        if token != ROOT_TOKEN and (not held or held["expires"] and held["expires"] <= STATE.now()):
            return self.refuse(403, "permission denied")
        if path == "auth/token/lookup-self":
            ttl = int(held["expires"] - STATE.now()) if held and held["expires"] else 0
            return self.answer(200, {"data": {
                "id": token, "ttl": ttl, "renewable": bool(held and held["renewable"]), "policies": ["default"]}})
        if path == "auth/token/renew-self":
            return self.renew(token, held)
        if match := re.fullmatch(r"sys/internal/ui/mounts/(.+)", path):
            mount = {"secret": {"version": "2"}, "kv1": {"version": "1"}}.get(match[1].strip("/").split("/")[0])
            if mount is None:
                return self.refuse(403, "preflight capability check returned 403, please ensure client's policies grant access to path")
            return self.answer(200, {"data": {"type": "kv", "options": mount, "path": match[1].rstrip("/") + "/"}})
        if match := re.fullmatch(r"secret/(data|metadata|delete|undelete|destroy)/(.+)", path):
            return getattr(self, match[1])(match[2], query, body)
        self.refuse(404)

    def login(self, mount, body):
        STATE.counts["logins"] += 1
        if mount == "approle":
            if (body.get("role_id"), body.get("secret_id")) != ("role", "secret-id"):
                return self.refuse(400, "invalid role or secret ID")
        elif mount == "kubernetes":
            if (body.get("role"), body.get("jwt")) != ("app", "pod-token"):
                return self.refuse(403, "permission denied")
        else:
            return self.refuse(403, "permission denied")
        token = f"hvs.fake-login-token-{next(STATE.serial)}"
        seconds = STATE.lease["seconds"]
        STATE.tokens[token] = {
            "expires": STATE.now() + seconds if seconds else 0, "since": STATE.now(), **STATE.lease}
        self.answer(200, {"auth": {
            "client_token": token, "lease_duration": seconds, "renewable": STATE.lease["renewable"],
            "policies": ["default"], "accessor": "accessor", "metadata": {}}})

    def renew(self, token, held):
        if not held or not held["renewable"]:
            return self.refuse(400, "lease is not renewable")
        STATE.counts["renewals"] += 1
        left = held["since"] + held.get("max", 86400) - STATE.now()
        seconds = max(0, int(min(held["seconds"], left)))
        held["expires"] = STATE.now() + seconds
        self.answer(200, {"auth": {
            "client_token": token, "lease_duration": seconds, "renewable": True, "policies": ["default"]}})

    def metadata_of(self, path, number):
        version = STATE.secrets[path][number - 1]
        return {"version": number, "created_time": version["created"], "deletion_time": version["deleted"],
                "destroyed": version["destroyed"], "custom_metadata": None}

    def data(self, path, query, body):
        versions = STATE.secrets.get(path, [])
        if self.command == "GET":
            STATE.counts["reads"] += 1
            number = int(query.get("version", ["0"])[0]) or len(versions)
            if not versions or number > len(versions):
                return self.refuse(404)
            version, metadata = versions[number - 1], self.metadata_of(path, number)
            if version["deleted"] or version["destroyed"]:
                return self.answer(404, {"data": {"data": None, "metadata": metadata}})
            return self.answer(200, {"request_id": "r", "data": {"data": version["data"], "metadata": metadata}})
        if self.command == "DELETE":
            if versions:
                versions[-1]["deleted"] = stamp()
            return self.answer(204)
        cas = body.get("options", {}).get("cas")
        if "data" not in body:
            return self.refuse(400, "no data provided")
        if cas is not None and cas != len(versions):
            return self.refuse(400, "check-and-set parameter did not match the current version")
        STATE.counts["writes"] += 1
        STATE.secrets.setdefault(path, []).append(
            {"data": body["data"], "deleted": "", "destroyed": False, "created": stamp()})
        self.answer(200, {"data": self.metadata_of(path, len(STATE.secrets[path]))})

    def metadata(self, path, query, body):
        if self.command == "DELETE":
            STATE.secrets.pop(path, None)
            return self.answer(204)
        if path not in STATE.secrets:
            return self.refuse(404)
        numbers = range(1, len(STATE.secrets[path]) + 1)
        self.answer(200, {"data": {
            "current_version": len(STATE.secrets[path]), "cas_required": False,
            "versions": {str(number): self.metadata_of(path, number) for number in numbers}}})

    def change(self, path, body, **members):
        for number in body.get("versions", []):
            if 0 < int(number) <= len(STATE.secrets.get(path, [])):
                STATE.secrets[path][int(number) - 1].update(members)
        self.answer(204)

    def delete(self, path, query, body):
        self.change(path, body, deleted=stamp())

    def undelete(self, path, query, body):
        self.change(path, body, deleted="")

    def destroy(self, path, query, body):
        self.change(path, body, destroyed=True, data=None)


def stamp():
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    server = ThreadingHTTPServer(("127.0.0.1", parser.parse_args().port), Handler)
    print(f"port {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
