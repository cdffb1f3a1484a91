#!/usr/bin/env python3
"""A stand-in for Azure: secrets of a Key Vault, the authority that gives applications tokens, and the endpoints that give
platforms' identities theirs. Held to Microsoft's clients by Tests/Stores/azure_client.py.

usage: azure_key_vault.py [--port 0] [--tls FOLDER]     (fake_server.py says more)

One application: tenant `tenant`, client id `app`, secret `app-secret` or federated token `federated-token`. Managed
identities need no secret; the client id `unknown` has none. App Service's header is `identity-header`.

`POST /_control` takes beside what every fake takes:
  resource  what the challenge asks a token for (default https://vault.azure.net)
  lifetime  seconds of tokens
  denied    list of secret names that may not be read
`GET /_control` answers counts (tokens, reads, writes) and the resources and scopes that tokens were asked for.
"""

import json
import re
import ssl
import time

import fake_server

RESOURCE = "https://vault.azure.net"
NAME = re.compile(r"[0-9a-zA-Z-]{1,127}")


class State(fake_server.State):
    settings = {"resource": RESOURCE, "lifetime": 3600, "denied": []}

    def reset(self):
        super().reset()
        self.secrets = {}  # lower-case name -> list of versions
        self.deleted = {}
        self.counts = {"tokens": 0, "reads": 0, "writes": 0, "asked": []}


STATE = State()


class Handler(fake_server.Handler):
    state = STATE
    content_type = "application/json; charset=utf-8"

    def refuse(self, status, code="Fault", inner=None):
        error = {"code": code, "message": code}
        if inner:
            error["innererror"] = {"code": inner}
        self.answer(status, {"error": error})

    @property
    def origin(self):
        scheme = "https" if isinstance(self.connection, ssl.SSLSocket) else "http"
        return f"{scheme}://{self.headers.get('Host')}"

    def route(self, path, query, body):
        if path == "/common/discovery/instance":
            return self.answer(200, {
                "tenant_discovery_endpoint": f"{self.origin}/tenant/v2.0/.well-known/openid-configuration",
                "api-version": "1.1", "metadata": []})
        if match := re.fullmatch(r"/([^/]+)/v2.0/.well-known/openid-configuration", path):
            base = f"{self.origin}/{match[1]}"
            return self.answer(200, {
                "issuer": f"{base}/v2.0", "token_endpoint": f"{base}/oauth2/v2.0/token",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize"})
        if match := re.fullmatch(r"/([^/]+)/oauth2/v2.0/token", path):
            return self.application_token(match[1], fake_server.form(body.decode()))
        if path == "/metadata/identity/oauth2/token":
            return self.instance_token(query)
        if path == "/msi/token":
            return self.app_service_token(query)
        if path.startswith("/secrets/"):
            return self.secret(path, query, body)
        self.refuse(404, "NotFound")

    # Tokens

    def token(self, resource):
        STATE.counts["tokens"] += 1
        STATE.counts["asked"].append(resource)
        token = f"fake.access.token-{next(STATE.serial)}"
        if resource.removesuffix("/.default") == RESOURCE:
            STATE.tokens[token] = time.time() + STATE.lifetime
        return token

    def application_token(self, tenant, form):
        is_ours = (tenant, form.get("client_id")) == ("tenant", "app")
        is_proven = form.get("client_secret") == "app-secret" or (
            form.get("client_assertion") == "federated-token"
            and form.get("client_assertion_type") == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        if form.get("grant_type") != "client_credentials" or "scope" not in form:
            return self.answer(400, {"error": "invalid_request"})
        if not is_ours or not is_proven:
            return self.answer(401, {"error": "invalid_client", "error_description": "AADSTS7000215"})
        self.answer(200, {
            "token_type": "Bearer", "expires_in": STATE.lifetime, "ext_expires_in": STATE.lifetime,
            "access_token": self.token(form["scope"])})

    def instance_token(self, query):
        if self.headers.get("Metadata") != "true" or query.get("api-version") != "2018-02-01":
            return self.answer(400, {"error": "invalid_request", "error_description": "Required metadata header"})
        if query.get("client_id") == "unknown":
            return self.answer(400, {"error": "invalid_request", "error_description": "Identity not found"})
        self.answer(200, {
            "access_token": self.token(query["resource"]), "client_id": query.get("client_id", "system"),
            "expires_in": str(STATE.lifetime), "expires_on": str(int(time.time()) + STATE.lifetime),
            "resource": query["resource"], "token_type": "Bearer"})

    def app_service_token(self, query):
        if self.headers.get("X-IDENTITY-HEADER") != "identity-header" or query.get("api-version") != "2019-08-01":
            return self.answer(401, {"statusCode": 401, "message": "no identity header"})
        self.answer(200, {
            "access_token": self.token(query["resource"]), "expires_on": str(int(time.time()) + STATE.lifetime),
            "resource": query["resource"], "token_type": "Bearer", "client_id": query.get("client_id", "system")})

    # Secrets

    def secret(self, path, query, body):
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if STATE.tokens.get(token, 0) <= time.time():
            challenge = f'Bearer authorization="{self.origin}/tenant", resource="{STATE.resource}"'
            return self.answer(401, {"error": {"code": "Unauthorized"}}, [("WWW-Authenticate", challenge)])
        if query.get("api-version") != "7.4":
            return self.refuse(400, "BadParameter")
        parts = path.removeprefix("/secrets/").strip("/").split("/")
        name, version = parts[0], parts[1] if len(parts) > 1 else None
        if not NAME.fullmatch(name) or len(parts) > 2:
            return self.refuse(400, "BadParameter")
        if name in STATE.denied:
            return self.refuse(403, "Forbidden", "AccessDenied")
        key = name.lower()
        if self.command == "PUT" and version is None:
            return self.put(name, key, json.loads(body))
        versions = STATE.secrets.get(key, [])
        found = versions[-1] if versions and not version else next((v for v in versions if v["id"] == version), None)
        if found is None:
            return self.refuse(404, "SecretNotFound")
        if self.command == "PATCH":
            STATE.counts["writes"] += 1
            found["attributes"].update(json.loads(body).get("attributes", {}))
            return self.answer(200, self.bundle(name, found, shows=False))
        if self.command == "DELETE":
            STATE.deleted[key] = STATE.secrets.pop(key)
            return self.answer(200, {**self.bundle(name, found, shows=False), "recoveryId": f"{self.origin}/deletedsecrets/{name}"})
        STATE.counts["reads"] += 1
        if not found["attributes"]["enabled"]:
            return self.refuse(403, "Forbidden", "SecretDisabled")
        self.answer(200, self.bundle(name, found))

    def put(self, name, key, body):
        if key in STATE.deleted:
            return self.refuse(409, "Conflict", "ObjectIsDeletedButRecoverable")
        if not isinstance(body.get("value"), str) or len(body["value"].encode()) > 25 * 1024:
            return self.refuse(400, "BadParameter")
        STATE.counts["writes"] += 1
        now = int(time.time())
        version = {
            "id": f"{next(STATE.serial):032x}", "value": body["value"], "type": body.get("contentType"),
            "attributes": {"enabled": True, "created": now, "updated": now, "recoveryLevel": "Recoverable",
                           **(body.get("attributes") or {})}}
        STATE.secrets.setdefault(key, []).append(version)
        self.answer(200, self.bundle(name, version))

    def bundle(self, name, version, shows=True):
        bundle = {"id": f"{self.origin}/secrets/{name}/{version['id']}", "attributes": version["attributes"]}
        if shows:
            bundle["value"] = version["value"]
        if version["type"]:
            bundle["contentType"] = version["type"]
        return bundle


if __name__ == "__main__":
    fake_server.serve(Handler)
