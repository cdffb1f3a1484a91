#!/usr/bin/env python3
"""A stand-in for Google Cloud: Secret Manager (REST, v1), asymmetric keys of Cloud KMS (REST, v1), the metadata server's
tokens and OAuth's. Held to Google's own client by Tests/Stores/google_client.py.

usage: gcp_secret_manager.py [--port 0] [--tls FOLDER]     (fake_server.py says more)

Tokens: `user-token` is always good; the metadata server and /token give others. /token takes an assertion (RFC 7523)
that is signed with the key of the service account `robot@acme.example` (its public half comes by `_control`), or the
refresh token `refresh-token` of client `client` with secret `client-secret`. Keys of KMS are made on first use, by
openssl: the key's name is its algorithm (`EC_SIGN_P256_SHA256`, `RSA_SIGN_PKCS1_2048_SHA256`, `EC_SIGN_ED25519` ...).

`POST /_control` takes beside what every fake takes (`user-token` outlives `revoke`):
  crc      "wrong" or "missing": of every checksum in answers
  late     true: `latest` goes on naming the version that it names now
  lifetime seconds of tokens
  denied   list of secret names that may not be read
  readonly true: no secret may be changed (versions may be added)
  restless true: a version's etag is another one right after each look at the version
  blind    true: versions may be accessed and changed, and not looked at
  account  the service account's public key, PEM
  plant    {"name": ..., "data": base64}: a version without the interface's rules
  forget   a secret's name: it is deleted
`GET /_control` answers counts (tokens, reads, writes, `latest`), the form of the last token request, and the quota project of each request with a token.
"""

import base64
import binascii
import json
import os
import re
import subprocess
import tempfile
import time

import fake_server

SECRET = re.compile(r"/v1/projects/([^/]+)/secrets/([A-Za-z0-9_-]{1,255})")
KEY = re.compile(r"/v1/(projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/([^/]+)/cryptoKeyVersions/(\d+))(/publicKey|:asymmetricSign)")
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
CODES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
         409: "ALREADY_EXISTS", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}


def crc32c(data):
    """Bit by bit, so that it shares no table and no mistake with the code under test."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def openssl(arguments, data=b""):
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout


def unbase64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class State(fake_server.State):
    settings = {"crc": None, "late": False, "lifetime": 3600, "denied": [], "readonly": False, "restless": False, "blind": False,
                "account": None}

    def __init__(self):
        self.folder = tempfile.mkdtemp()
        super().__init__()

    def reset(self):
        super().reset()
        self.secrets = {}  # name -> {"etag", "annotations", "versions": [...]}
        self.keys = {}
        self.latest = {}
        self.counts = {"tokens": 0, "reads": 0, "writes": 0, "latest": 0, "form": {}, "projects": []}

    def control(self, body):
        super().control(body)
        if "late" in body:
            self.latest = {name: len(secret["versions"]) for name, secret in self.secrets.items()}
        if "plant" in body:
            secret = self.secrets.setdefault(body["plant"]["name"], self.new_secret({}))
            self.new_version(secret, base64.b64decode(body["plant"]["data"]))
        self.secrets.pop(body.get("forget"), None)

    def new_etag(self):
        return f'"{next(self.serial):x}"'

    def new_secret(self, body):
        return {"etag": self.new_etag(), "annotations": body.get("annotations") or {}, "versions": [],
                "replication": body.get("replication", {"automatic": {}})}

    def new_version(self, secret, data):
        secret["versions"].append({"data": data, "state": "ENABLED", "etag": self.new_etag()})
        return len(secret["versions"])


STATE = State()


class Handler(fake_server.Handler):
    state = STATE

    def refuse(self, code, message="refused", status=None):
        self.answer(code, {"error": {"code": code, "message": message, "status": status or CODES[code]}})

    def route(self, path, query, body):
        if path == "/computeMetadata/v1/instance/service-accounts/default/token":
            if self.headers.get("Metadata-Flavor") != "Google":
                return self.refuse(403)
            return self.answer(200, self.token(), [("Metadata-Flavor", "Google")])
        if path == "/token":
            return self.oauth(fake_server.form(body.decode()))
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if token != "user-token" and STATE.tokens.get(token, 0) <= time.time():
            return self.refuse(401)
        STATE.counts["projects"].append(self.headers.get("x-goog-user-project"))
        if match := KEY.fullmatch(path):
            return self.key(match, json.loads(body or b"{}"))
        if match := re.fullmatch(r"/v1/projects/([^/]+)/secrets", path):
            return self.secrets(match[1], query, json.loads(body or b"{}"))
        if match := SECRET.match(path):
            return self.secret(match[1], match[2], path[match.end():], query, json.loads(body or b"{}"))
        self.refuse(404)

    # Tokens

    def token(self):
        STATE.counts["tokens"] += 1
        token = f"ya29.fake-{next(STATE.serial)}"
        STATE.tokens[token] = time.time() + STATE.lifetime
        return {"access_token": token, "expires_in": STATE.lifetime, "token_type": "Bearer"}

    def oauth(self, form):
        STATE.counts["form"] = sorted(form)
        if form.get("grant_type") == "refresh_token":
            expected = ("client", "client-secret", "refresh-token")
            if (form.get("client_id"), form.get("client_secret"), form.get("refresh_token")) != expected:
                return self.answer(400, {"error": "invalid_grant"})
            return self.answer(200, self.token())
        if form.get("grant_type") != GRANT or not self.is_assertion(form.get("assertion", "")):
            return self.answer(400, {"error": "invalid_grant"})
        self.answer(200, self.token())

    def is_assertion(self, assertion):
        try:
            header, claims, signature = assertion.split(".")
            head, said = json.loads(unbase64url(header)), json.loads(unbase64url(claims))
        except (ValueError, binascii.Error):
            return False
        audience = f"http://{self.headers.get('Host')}/token"
        if head.get("alg") != "RS256" or said.get("iss") != "robot@acme.example" or said.get("scope") != SCOPE:
            return False
        if said.get("aud") != audience or not said["iat"] - 60 <= time.time() < said["exp"] <= said["iat"] + 3600:
            return False
        key, proof = os.path.join(STATE.folder, "account.pem"), os.path.join(STATE.folder, "signature")
        with open(key, "w") as file:
            file.write(STATE.account or "")
        with open(proof, "wb") as file:
            file.write(unbase64url(signature))
        done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", key, "-signature", proof],
                              input=f"{header}.{claims}".encode(), capture_output=True)
        return done.returncode == 0

    # Secrets

    def shown(self, project, name):
        secret = STATE.secrets[name]
        return {"name": f"projects/{project}/secrets/{name}", "replication": secret["replication"],
                "createTime": "2026-01-01T00:00:00Z", "etag": secret["etag"], "annotations": secret["annotations"]}

    def shown_version(self, project, name, number):
        version = STATE.secrets[name]["versions"][number - 1]
        return {"name": f"projects/{project}/secrets/{name}/versions/{number}", "state": version["state"],
                "createTime": "2026-01-01T00:00:00Z", "etag": version["etag"], "clientSpecifiedPayloadChecksum": True}

    def secrets(self, project, query, body):
        if self.command == "GET":
            return self.answer(200, {"secrets": [self.shown(project, name) for name in sorted(STATE.secrets)],
                                     "totalSize": len(STATE.secrets)})
        name = query.get("secretId", "")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name) or "replication" not in body:
            return self.refuse(400)
        if STATE.readonly:
            return self.refuse(403)
        if name in STATE.secrets:
            return self.refuse(409)
        STATE.secrets[name] = STATE.new_secret(body)
        self.answer(200, self.shown(project, name))

    def secret(self, project, name, rest, query, body):
        if name in STATE.denied:
            return self.refuse(403)
        if name not in STATE.secrets:
            return self.refuse(404)
        secret = STATE.secrets[name]
        if rest == "":
            return self.whole(project, name, secret, query, body)
        if rest == ":addVersion" and self.command == "POST":
            return self.add(project, name, secret, body)
        if rest == "/versions":
            numbers = range(len(secret["versions"]), 0, -1)
            return self.answer(200, {"versions": [self.shown_version(project, name, number) for number in numbers],
                                     "totalSize": len(numbers)})
        match = re.fullmatch(r"/versions/(\d+|latest)(?::(access|disable|enable|destroy))?", rest)
        if not match:
            return self.refuse(404)
        number = int(match[1]) if match[1] != "latest" else self.latest(name, secret)
        if not 1 <= number <= len(secret["versions"]):
            return self.refuse(404)
        version = secret["versions"][number - 1]
        if match[2] is None and STATE.blind:
            return self.refuse(403)
        if match[2] is None:
            self.answer(200, self.shown_version(project, name, number))
            if STATE.restless:
                version["etag"] = STATE.new_etag()
            return
        if match[2] == "access":
            return self.access(project, name, number, version)
        if self.command != "POST" or body.get("etag", version["etag"]) != version["etag"]:
            return self.refuse(400, status="FAILED_PRECONDITION")
        if version["state"] == "DESTROYED":
            return self.refuse(400, "is in DESTROYED state", "FAILED_PRECONDITION")
        STATE.counts["writes"] += 1
        version["state"] = {"disable": "DISABLED", "enable": "ENABLED", "destroy": "DESTROYED"}[match[2]]
        version["etag"] = STATE.new_etag()
        self.answer(200, self.shown_version(project, name, number))

    def latest(self, name, secret):
        STATE.counts["latest"] += 1
        return STATE.latest.get(name, 0) if STATE.late else len(secret["versions"])

    def whole(self, project, name, secret, query, body):
        if self.command == "GET":
            return self.answer(200, self.shown(project, name))
        if STATE.readonly:
            return self.refuse(403)
        if self.command != "PATCH" or query.get("updateMask") != "annotations":
            return self.refuse(400)
        if body.get("etag", secret["etag"]) != secret["etag"]:
            return self.refuse(400, "etag mismatch", "FAILED_PRECONDITION")
        secret["annotations"] = body.get("annotations", {})
        secret["etag"] = STATE.new_etag()
        self.answer(200, self.shown(project, name))

    def add(self, project, name, secret, body):
        try:
            payload = body["payload"]
            data = base64.b64decode(payload["data"], validate=True)
        except (KeyError, ValueError, TypeError):
            return self.refuse(400)
        stated = payload.get("dataCrc32c")
        if not 0 < len(data) <= 65536 or stated is not None and int(stated) != crc32c(data):
            return self.refuse(400)
        STATE.counts["writes"] += 1
        self.answer(200, self.shown_version(project, name, STATE.new_version(secret, data)))

    def access(self, project, name, number, version):
        STATE.counts["reads"] += 1
        if version["state"] != "ENABLED":
            return self.refuse(
                400, f"Secret Version [{name}/{number}] is in {version['state']} state.", "FAILED_PRECONDITION")
        payload = {"data": base64.b64encode(version["data"]).decode(), **self.checksum("dataCrc32c", version["data"])}
        self.answer(200, {"name": f"projects/{project}/secrets/{name}/versions/{number}", "payload": payload})

    def checksum(self, name, data):
        if STATE.crc == "missing":
            return {}
        return {name: str(crc32c(data) ^ (1 if STATE.crc == "wrong" else 0))}

    # Keys

    def key(self, match, body):
        name, algorithm, operation = match[1], match[2], match[4]
        if name in STATE.denied:
            return self.refuse(403)
        path = STATE.keys.get(name)
        if path is None:
            kinds = {"EC_SIGN_P256_SHA256": ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
                     "EC_SIGN_P384_SHA384": ["EC", "-pkeyopt", "ec_paramgen_curve:P-384"], "EC_SIGN_ED25519": ["ED25519"],
                     **{f"RSA_SIGN_{kind}_2048_SHA256": ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"] for kind in ("PKCS1", "PSS")}}
            if algorithm not in kinds:
                return self.refuse(404)
            path = os.path.join(STATE.folder, f"{next(STATE.serial)}.pem")
            openssl(["genpkey", "-algorithm", *kinds[algorithm], "-out", path])
            STATE.keys[name] = path
        if operation == "/publicKey":
            pem = openssl(["pkey", "-in", path, "-pubout"])
            return self.answer(200, {"name": name, "algorithm": algorithm, "protectionLevel": "SOFTWARE",
                                     "pem": pem.decode(), **self.checksum("pemCrc32c", pem)})
        if algorithm == "EC_SIGN_ED25519":
            kind, field = "Data", body.get("data")
        else:
            kind, field = "Digest", body.get("digest", {}).get("sha384" if "384" in algorithm else "sha256")
        if field is None:
            return self.refuse(400)
        data = base64.b64decode(field)
        stated = body.get(f"{kind.lower()}Crc32c")
        if stated is not None and int(stated) != crc32c(data):
            return self.refuse(400)
        options = ["-rawin"] if kind == "Data" else ["-pkeyopt", "digest:sha384" if "384" in algorithm else "digest:sha256"]
        if "PSS" in algorithm:
            options += ["-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:digest"]
        file = os.path.join(STATE.folder, "to-sign")
        with open(file, "wb") as output:
            output.write(data)
        signature = openssl(["pkeyutl", "-sign", "-inkey", path, "-in", file, *options])
        self.answer(200, {"name": name, "signature": base64.b64encode(signature).decode(),
                          **self.checksum("signatureCrc32c", signature),
                          f"verified{kind}Crc32c": stated is not None and STATE.crc != "missing"})


if __name__ == "__main__":
    fake_server.serve(Handler)
