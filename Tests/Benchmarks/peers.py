"""What is measured, and what stands behind it: how each is configured.

Each peer is a function of a `Site` and answers a `Process`. All listen on loopback.
"""

import base64
import dataclasses
import json
import pathlib
import secrets
import time

import tokens
from processes import Process, free_port, get

HERE = pathlib.Path(__file__).resolve().parent
PATH = "/api/v1/customers"
BODY = b"x" * 500
KIB, MIB = "/api/v1/kib", "/api/v1/mib"
UPLOAD = "/api/v1/upload"
ECHO = "/api/v1/echo"
# What the plant says of every token here: they differ in jti and sid, and speak of one user.
CUSTOMER, PLAN = "c-1042", "pro"


@dataclasses.dataclass
class Site:
    """What the peers of a run share."""

    folder: pathlib.Path
    secret: str
    gateway: pathlib.Path | None
    # Of what is measured, and of what loads it and stands behind it.
    cores: list
    load_cores: list
    backend_port: int = dataclasses.field(default_factory=free_port)
    validator_port: int = dataclasses.field(default_factory=free_port)
    # The executable and interpreter of scripts/bench's environment; None with a reason where they are not to be had.
    envoy: pathlib.Path | None = None
    python: pathlib.Path | None = None
    reason: str = ""
    # Settings that a case adds to the gateway's.
    gateway_environment: dict = dataclasses.field(default_factory=dict)

    @property
    def threads(self):
        return len(self.cores)


def nginx(site, name, port, locations, extra="", workers=1):
    config = site.folder / f"{name}.conf"
    # Request bodies and temporary files stay in the bench's own folder.
    temporary = "\n".join(
        f"    {kind}_temp_path {site.folder}/{name}-{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config.write_text(f"""
daemon off;
user root;
worker_processes {workers};
worker_rlimit_nofile 20000;
pid {site.folder}/{name}.pid;
error_log stderr error;
events {{ worker_connections 16000; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    client_max_body_size 2m;
    underscores_in_headers on;
    sendfile on;
{temporary}
{extra}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
{locations}
    }}
}}
""")
    return ["nginx", "-e", "stderr", "-p", str(site.folder), "-c", str(config)]


def backend(site):
    """Upstream of all, and the gateway's plant."""
    verdict = json.dumps({
        "valid": True, "customer_id": CUSTOMER, "email": tokens.EMAIL, "user_id": tokens.USER, "roles": [tokens.ROLE],
        "plan": PLAN, "kid": "bench", "expires_at": int(time.time()) + tokens.LIFETIME,
    })
    files = site.folder / "files" / "api" / "v1"
    files.mkdir(parents=True, exist_ok=True)
    (files / "kib").write_bytes(b"x" * 2**10)
    (files / "mib").write_bytes(b"x" * 2**20)
    echo = "|".join(f"{name}=$http_{name}" for name in ("x_user_id", "x_user_email", "x_user_roles", "x_customer_id"))
    return Process("backend", nginx(site, "backend", site.backend_port, f"""
        root {site.folder}/files;
        location / {{ default_type application/json; return 200 "{BODY.decode()}"; }}
        location = {KIB} {{ }}
        location = {MIB} {{ }}
        # Takes the whole body before it answers; `return` would answer at once, and whoever then stops sending is right.
        location = {UPLOAD} {{
            client_body_buffer_size 2m;
            proxy_pass http://validator/;
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
        location = {ECHO} {{ return 200 "{echo}"; }}
        location = /api/v1/auth/validate {{ default_type application/json; return 200 '{verdict}'; }}
    """, f"""
    upstream validator {{ server 127.0.0.1:{site.validator_port}; keepalive 128; keepalive_requests 1000000000; }}
    """), site.load_cores, site.backend_port, site.folder)


def validator(site):
    """Says yes to everything; what a real validator costs is not counted to nginx and Caddy."""
    return Process("validator", nginx(site, "validator", site.validator_port, f"""
        location / {{ return 200 "{BODY.decode()}"; }}
        location = /validate {{ return 204; }}
    """), site.load_cores, site.validator_port, site.folder)


def gateway(site, name, level="info"):
    port = free_port()
    return Process(name, [site.gateway], site.cores, port, site.folder, {
        "ENVIRONMENT": "test", "HOST": "127.0.0.1", "PORT": str(port), "GW_THREADS": str(site.threads),
        "JWT_SECRET": site.secret, "LOCKSTEP_INTERNAL_TOKEN": secrets.token_urlsafe(32),
        "PLANT_BACKEND_URL": f"http://127.0.0.1:{site.backend_port}", "LOG_LEVEL": level,
        # The fake plant publishes none, and a lost feed would shorten the verdicts' life.
        "GW_REVOCATIONS": "false", "GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false", "GW_ENRICHMENT_TTL_SECONDS": "30",
        **site.gateway_environment,
    })


def quiet_gateway(site, name):
    return gateway(site, name, "warning")


def haproxy(site, name, rules):
    port = free_port()
    config = site.folder / "haproxy.cfg"
    config.write_text(f"""
global
    nbthread {site.threads}
    maxconn 12000
    # Two descriptors for each would not be allowed everywhere, and are not needed: the backend's are few.
    no strict-limits
defaults
    mode http
    timeout connect 5s
    timeout client 600s
    timeout server 30s
frontend in
    bind 127.0.0.1:{port} backlog 4096
    http-request set-var(txn.bearer) http_auth_bearer
    http-request set-var(txn.now) date()
{rules}
    default_backend out
backend out
    http-reuse always
    server one 127.0.0.1:{site.backend_port}
""")
    config.chmod(0o600)
    return Process(name, ["haproxy", "-db", "-f", config], site.cores, port, site.folder)


def bare_haproxy(site, name):
    return haproxy(site, name, f"""
    http-request set-var(txn.alg) var(txn.bearer),jwt_header_query('$.alg')
    http-request set-var(txn.iss) var(txn.bearer),jwt_payload_query('$.iss')
    http-request set-var(txn.aud) var(txn.bearer),jwt_payload_query('$.aud')
    http-request set-var(txn.exp) var(txn.bearer),jwt_payload_query('$.exp','int')
    http-request deny deny_status 401 unless {{ var(txn.alg) -m str HS256 }}
    http-request deny deny_status 401 unless {{ var(txn.bearer),jwt_verify(txn.alg,"{site.secret}") 1 }}
    http-request deny deny_status 401 unless {{ var(txn.iss) -m str lockstep-platform }}
    http-request deny deny_status 401 unless {{ var(txn.aud) -m str lockstep }}
    http-request deny deny_status 401 if {{ var(txn.exp),sub(txn.now) -m int lt 0 }}
""")


def haproxy_least(site, name):
    """The least that can be called the same work: bare_haproxy's checks, identity headers removed and set, a log line."""
    return haproxy(site, name, f"""
    log stdout format raw local0 info
    log-format '{{"request_id":"%ID","method":"%HM","path":"%HP","status":%ST,"client":"%ci","ms":%Ta,"sub":"%[var(txn.user)]"}}'
    unique-id-format %[uuid()]
    http-request del-header ^x[-_.](user|customer)[-_.] -m reg
    http-request set-var(txn.payload) var(txn.bearer),word(2,.),ub64dec
    http-request set-var(txn.alg) var(txn.bearer),jwt_header_query('$.alg')
    http-request set-var(txn.user) var(txn.payload),json_query('$.user_id')
    http-request deny deny_status 401 unless {{ var(txn.alg) -m str HS256 }}
    http-request deny deny_status 401 unless {{ var(txn.bearer),jwt_verify(txn.alg,"{site.secret}") 1 }}
    http-request deny deny_status 401 unless {{ var(txn.payload),json_query('$.iss') -m str lockstep-platform }}
    http-request deny deny_status 401 unless {{ var(txn.payload),json_query('$.aud') -m str lockstep }}
    http-request deny deny_status 401 unless {{ var(txn.payload),json_query('$.exp','int'),sub(txn.now) -m int ge 0 }}
    http-request set-header X-User-Id %[var(txn.user)]
    http-request set-header X-User-Email %[var(txn.payload),json_query('$.email')]
    http-request set-header X-User-Roles %[var(txn.payload),json_query('$.roles[0]')]
""")


def haproxy_same_work(site, name):
    """Also typ, kid and iat; the client's identity headers go, whatever their spelling; identity, request id and
    forwarding headers are set; a JSON line per request goes to standard output, which is a file, as the gateway's does.
    Header and payload are decoded once and not for each claim, which is the fastest of the ways it offers."""
    fields = {
        "time": "%[date(0,ms)]", "request_id": "%ID", "method": "%HM", "path": "%HP", "status": "%ST", "client": "%ci",
        "duration_ms": "%Ta", "bytes_in": "%U", "bytes_out": "%B", "sub": "%[var(txn.user)]", "kid": "%[var(txn.kid)]",
        "backend": "%s",
    }
    line = json.dumps({"level": "info", "message": "request", **fields})
    return haproxy(site, name, f"""
    log stdout format raw local0 info
    log-format '{line}'
    unique-id-format %[uuid()]
    unique-id-header X-Request-Id
    http-request deny deny_status 401 if {{ req.fhdr_cnt(authorization) gt 1 }}
    http-request del-header ^(x[-_.](user|customer|gateway|enrichment|original|forwarded|request)|forwarded|via)([-_.]|$) -m reg
    http-request set-var(txn.head) var(txn.bearer),word(1,.),ub64dec
    http-request set-var(txn.payload) var(txn.bearer),word(2,.),ub64dec
    http-request set-var(txn.alg) var(txn.head),json_query('$.alg')
    http-request set-var(txn.kid) var(txn.head),json_query('$.kid')
    http-request set-var(txn.user) var(txn.payload),json_query('$.user_id')
    http-request deny deny_status 401 unless {{ var(txn.alg) -m str HS256 }}
    http-request deny deny_status 401 unless {{ var(txn.bearer),jwt_verify(txn.alg,"{site.secret}") 1 }}
    http-request deny deny_status 401 unless {{ var(txn.head),json_query('$.typ') -m str {tokens.HEADER_TYPE} }}
    http-request deny deny_status 401 unless {{ var(txn.kid) -m str {tokens.kid(site.secret)} }}
    http-request deny deny_status 401 unless {{ var(txn.payload),json_query('$.iss') -m str lockstep-platform }}
    http-request deny deny_status 401 unless {{ var(txn.payload),json_query('$.aud') -m str lockstep }}
    http-request deny deny_status 401 if {{ var(txn.payload),json_query('$.iat','int'),sub(txn.now) -m int gt 60 }}
    http-request deny deny_status 401 unless {{ var(txn.payload),json_query('$.exp','int'),sub(txn.now) -m int ge 0 }}
    http-request deny deny_status 401 unless {{ var(txn.user) -m found }}
    http-request set-header X-User-Id %[var(txn.user)]
    http-request set-header X-User-Email %[var(txn.payload),json_query('$.email')]
    http-request set-header X-User-Roles %[var(txn.payload),json_query('$.roles[0]')]
    http-request set-header X-Forwarded-For %[src]
    http-request set-header X-Forwarded-Proto http
    http-request set-header X-Forwarded-Host %[req.hdr(host)]
    http-request set-header Forwarded for=%[src];host="%[req.hdr(host)]";proto=http
    http-request set-header Via "1.1 haproxy"
""")


def nginx_auth_request(site, name):
    port = free_port()
    return Process(name, nginx(site, "nginx", port, """
        location / {
            auth_request /_validate;
            proxy_pass http://backend;
            proxy_http_version 1.1;
            proxy_request_buffering off;
            proxy_set_header Connection "";
        }
        location = /_validate {
            internal;
            proxy_pass http://validator/validate;
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    """, f"""
    upstream backend {{ server 127.0.0.1:{site.backend_port}; keepalive 128; keepalive_requests 1000000000; }}
    upstream validator {{ server 127.0.0.1:{site.validator_port}; keepalive 128; keepalive_requests 1000000000; }}
    """, site.threads), site.cores, port, site.folder)


def caddy(site, name):
    port = free_port()
    config = site.folder / "Caddyfile"
    config.write_text(f"""
{{
    admin off
    auto_https off
}}
:{port} {{
    bind 127.0.0.1
    forward_auth 127.0.0.1:{site.validator_port} {{
        uri /validate
    }}
    reverse_proxy 127.0.0.1:{site.backend_port}
}}
""")
    return Process(name, ["caddy", "run", "--adapter", "caddyfile", "--config", config], site.cores, port, site.folder, {
        "GOMAXPROCS": str(site.threads), "XDG_DATA_HOME": str(site.folder), "XDG_CONFIG_HOME": str(site.folder)})


def envoy(site, name):
    port = free_port()
    key = base64.urlsafe_b64encode(site.secret.encode()).rstrip(b"=").decode()
    jwks = json.dumps({"keys": [{"kty": "oct", "alg": "HS256", "kid": tokens.kid(site.secret), "k": key}]})

    def typed(kind, **fields):
        return {"@type": f"type.googleapis.com/envoy.extensions.{kind}", **fields}

    provider = {
        "issuer": "lockstep-platform", "audiences": ["lockstep"], "local_jwks": {"inline_string": jwks}, "forward": True,
        "jwt_cache_config": {"jwt_cache_size": 20000},
        "claim_to_headers": [
            {"header_name": "x-user-id", "claim_name": "user_id"}, {"header_name": "x-user-email", "claim_name": "email"},
            {"header_name": "x-user-roles", "claim_name": "roles"},
        ],
    }
    manager = typed(
        "filters.network.http_connection_manager.v3.HttpConnectionManager", stat_prefix="in",
        http_filters=[
            {"name": "envoy.filters.http.jwt_authn", "typed_config": typed(
                "filters.http.jwt_authn.v3.JwtAuthentication", providers={"portal": provider},
                rules=[{"match": {"prefix": "/"}, "requires": {"provider_name": "portal"}}])},
            {"name": "envoy.filters.http.router", "typed_config": typed("filters.http.router.v3.Router")},
        ],
        route_config={"virtual_hosts": [
            {"name": "all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "backend"}}]}]})

    def address(number):
        return {"socket_address": {"address": "127.0.0.1", "port_value": number}}

    limits = {"thresholds": [{"max_connections": 20000, "max_pending_requests": 20000, "max_requests": 20000}]}
    config = site.folder / "envoy.json"
    config.write_text(json.dumps({"static_resources": {
        "listeners": [{"name": "in", "address": address(port), "filter_chains": [{"filters": [
            {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}]}],
        "clusters": [{"name": "backend", "type": "STATIC", "circuit_breakers": limits, "load_assignment": {
            "cluster_name": "backend", "endpoints": [{"lb_endpoints": [
                {"endpoint": {"address": address(site.backend_port)}}]}]}}],
    }}))
    return Process(name, [
        site.envoy, "-c", config, "--concurrency", str(site.threads), "--use-dynamic-base-id", "-l", "error",
        "--disable-hot-restart"], site.cores, port, site.folder)


def fastapi(site, name):
    port = free_port()
    return Process(name, [
        site.python, "-m", "uvicorn", "--app-dir", HERE, "fastapi_gateway:app", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--no-access-log", "--log-level", "warning"], site.cores, port, site.folder, {
            "JWT_SECRET": site.secret, "PLANT_BACKEND_URL": f"http://127.0.0.1:{site.backend_port}",
            "PYTHONDONTWRITEBYTECODE": "1"})


@dataclasses.dataclass(frozen=True)
class Peer:
    """A row of the tables."""

    key: str
    name: str
    make: object
    # It verifies itself: a tampered token must be refused.
    verifies: bool = True
    # It says who the user is, and nobody else's word on it passes.
    states_identity: bool = False


PEERS = {peer.key: peer for peer in (
    Peer("gateway", "Lockstep gateway", gateway, states_identity=True),
    Peer("gateway-quiet", "Lockstep gateway, no access log", quiet_gateway, states_identity=True),
    Peer("haproxy-same", "HAProxy, same work", haproxy_same_work, states_identity=True),
    Peer("haproxy-least", "HAProxy, the least of it", haproxy_least, states_identity=True),
    Peer("haproxy", "HAProxy, jwt_verify alone", bare_haproxy),
    Peer("nginx", "nginx, auth_request", nginx_auth_request, verifies=False),
    Peer("envoy", "Envoy, jwt_authn", envoy),
    Peer("caddy", "Caddy, forward_auth", caddy, verifies=False),
    Peer("fastapi", "FastAPI + httpx + PyJWT", fastapi, states_identity=True),
)}
# What the ratios are to, by their column.
REFERENCES = {"to HAProxy same work": "haproxy-same", "to HAProxy least": "haproxy-least"}


def amiss(peer, server, token, path, length):
    """None where the peer serves, verifies and states who the user is as it is said to; else what it does instead."""
    status, body = get(server.port, path, token)
    if status != 200 or len(body) != length:
        return f"{status} with {len(body)} bytes"
    if peer.verifies:
        head, _, signature = token.rpartition(".")
        tampered = head + "." + ("B" if signature[0] != "B" else "C") + signature[1:]
        for sent in (tampered, None):
            if (status := get(server.port, path, sent)[0]) != 401:
                return f"{status} to a request that must be refused"
    if peer.states_identity:
        forged = {"X-User-Id": "forged", "x-user-email": "forged", "X_User_Roles": "forged", "X-Customer-Id": "forged"}
        status, body = get(server.port, ECHO, token, forged)
        said = dict(item.split("=", 1) for item in body.decode().split("|"))
        if said.get("x_user_id") != tokens.USER or said.get("x_user_email") != tokens.EMAIL:
            return f"who the user is does not arrive: {body!r}"
        if tokens.ROLE not in said.get("x_user_roles", "") or b"forged" in body:
            return f"a forged header passes: {body!r}"
    return None
