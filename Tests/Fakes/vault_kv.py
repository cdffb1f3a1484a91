#!/usr/bin/env python3
"""A stand-in for HashiCorp Vault: a KV engine of version 2 at secret/, one of version 1 at kv1/, AppRole and Kubernetes
logins, tokens with leases. Held to the client `hvac` by Tests/Stores/hvac_client.py.

usage: vault_kv.py [--port 0] [--tls FOLDER]     (fake_server.py says more)

Logins: role id `role` with secret id `secret-id`; Kubernetes role `app` with the service-account token `pod-token`; the
root token is `root-token`. Namespace `team` has the same content as none; others are denied.

`POST /_control` takes beside what every fake takes:
  lease     {"seconds": 60, "renewable": true, "max": 120}   of tokens from logins
  clock     seconds that the fake's clock is ahead
`GET /_control` answers counts: logins, renewals, reads, writes.
"""

import json
import re
import time

import fake_server

ROOT_TOKEN = "root-token"


class State(fake_server.State):
    settings = {"lease": {"seconds": 3600, "renewable": True, "max": 86400}, "clock": 0}

    def reset(self):
        super().reset()
        self.secrets = {}  # path -> list of {"data", "deleted", "destroyed", "created"}
        self.counts = {"logins": 0, "renewals": 0, "reads": 0, "writes": 0}

    def now(self):
        return time.time() + self.clock


STATE = State()


class Handler(fake_server.Handler):
    state = STATE

    def refuse(self, status, *errors):
        self.answer(status, {"errors": list(errors)})

    def route(self, path, query, body):
        if not path.startswith("/v1/"):
            return self.refuse(404)
        if self.headers.get("X-Vault-Namespace", "team").strip("/") not in ("team", ""):
            return self.refuse(403, "permission denied")
        path, body = path[4:], json.loads(body or b"{}")
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
            number = int(query.get("version", 0)) or len(versions)
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


if __name__ == "__main__":
    fake_server.serve(Handler)
