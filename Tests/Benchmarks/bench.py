"""The gateway beside HAProxy, nginx and Caddy: one backend, one token, one load, one core each.

Started by scripts/bench. Prints tables and writes RESULTS.md beside this file. Everything listens on loopback, and what
is started here is stopped here.
"""

import argparse
import base64
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import platform
import re
import secrets
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TICK = os.sysconf("SC_CLK_TCK")
BODY = b"x" * 500
PATH = "/api/v1/customers"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def access_token(secret, lifetime=3600):
    """An access token as a portal issues it (DESIGN of the suite: typ, kid, issuer, audience, roles)."""
    kid = base64url(hmac.new(secret.encode(), b"lockstep/kid/v1", hashlib.sha256).digest())[:16]
    now = int(time.time())
    header = {"alg": "HS256", "typ": "at+jwt", "kid": kid}
    claims = {
        "iss": "lockstep-platform", "sub": "bench", "user_id": "bench", "aud": "lockstep", "iat": now,
        "exp": now + lifetime, "jti": secrets.token_hex(8), "sid": secrets.token_hex(8),
        "email": "bench@example.org", "roles": ["super_admin"],
    }
    signed = ".".join(base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    return signed + "." + base64url(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(port, token, path=PATH):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
    answer = connection.getresponse()
    return answer.status, answer.read()


def process_tree(pid):
    """A process and all below it."""
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += process_tree(int(child))
    return found


def cpu_seconds(pid):
    """User and system time of a process and all below it."""
    total = 0
    for one in process_tree(pid):
        fields = pathlib.Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


class Server:
    """One process (with its workers) pinned to one core."""

    def __init__(self, name, command, core, port, folder, environment=None, check_token=False):
        self.name, self.command, self.port = name, command, port
        self.core, self.check_token = core, check_token
        self.log = folder / f"{re.sub('[^a-z]+', '-', name.lower())}.log"
        self.environment = environment or {}

    def start(self, token):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.log.parent), **self.environment}
        self.process = subprocess.Popen(
            ["taskset", "-c", str(self.core), *self.command], env=environment, cwd=self.log.parent,
            stdout=self.log.open("w"), stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + 40
        while True:
            try:
                status, body = get(self.port, token)
                if status == 200 and body == BODY:
                    break
                seen = f"{status} with {len(body)} bytes"
            except OSError as error:
                seen = str(error)
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"bench: {self.name} does not serve ({seen}):\n{self.log.read_text()[-2000:]}")
            time.sleep(0.1)
        if self.check_token:
            head, _, signature = token.rpartition(".")
            tampered = head + "." + ("B" if signature[0] != "B" else "C") + signature[1:]
            for sent in (tampered, None):
                if (status := get(self.port, sent)[0]) != 401:
                    sys.exit(f"bench: {self.name} answers {status} to a request that it must refuse")

    def stop(self):
        if getattr(self, "process", None) and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def nginx(folder, name, port, locations, extra=""):
    config = folder / f"{name}.conf"
    # Request bodies and temporary files stay in the bench's own folder.
    temporary = "\n".join(
        f"    {kind}_temp_path {folder}/{name}-{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config.write_text(f"""
daemon off;
worker_processes 1;
pid {folder}/{name}.pid;
error_log stderr error;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
{temporary}
{extra}
    server {{
        listen 127.0.0.1:{port};
{locations}
    }}
}}
""")
    return ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(config)]


def servers(folder, secret, gateway, cores):
    peer_core, load_core = cores
    backend_port, validator_port = free_port(), free_port()
    verdict = json.dumps({
        "valid": True, "customer_id": None, "email": "bench@example.org", "user_id": "bench",
        "roles": ["super_admin"], "plan": None, "kid": "bench", "expires_at": int(time.time()) + 3600,
    })
    backend = Server("backend", nginx(folder, "backend", backend_port, f"""
        location / {{ default_type application/json; return 200 "{BODY.decode()}"; }}
        location = /api/v1/auth/validate {{ default_type application/json; return 200 '{verdict}'; }}
    """), load_core, backend_port, folder)
    # Says yes to everything; what a real validator costs is not counted to nginx and Caddy.
    validator = Server("validator", nginx(folder, "validator", validator_port, f"""
        location / {{ return 200 "{BODY.decode()}"; }}
        location = /validate {{ return 204; }}
    """), load_core, validator_port, folder)

    peers = []
    if gateway:
        for name, enrichment in (("Lockstep gateway", "false"), ("Lockstep gateway, enrichment cached", "true")):
            port = free_port()
            peers.append(Server(name, [str(gateway)], peer_core, port, folder, {
                "ENVIRONMENT": "test", "HOST": "127.0.0.1", "PORT": str(port), "GW_THREADS": "1",
                "JWT_SECRET": secret, "LOCKSTEP_INTERNAL_TOKEN": secrets.token_urlsafe(32),
                "PLANT_BACKEND_URL": f"http://127.0.0.1:{backend_port}", "LOG_LEVEL": "warning",
                "GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": enrichment, "GW_ENRICHMENT_TTL_SECONDS": "30",
                **({"PORTAL_URLS": f"http://127.0.0.1:{backend_port}"} if NEEDS_PORTAL else {}),
            }, check_token=True))

    port = free_port()
    haproxy = folder / "haproxy.cfg"
    haproxy.write_text(f"""
global
    nbthread 1
    maxconn 2000
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend in
    bind 127.0.0.1:{port}
    http-request set-var(txn.bearer) http_auth_bearer
    http-request set-var(txn.alg) var(txn.bearer),jwt_header_query('$.alg')
    http-request set-var(txn.iss) var(txn.bearer),jwt_payload_query('$.iss')
    http-request set-var(txn.aud) var(txn.bearer),jwt_payload_query('$.aud')
    http-request set-var(txn.exp) var(txn.bearer),jwt_payload_query('$.exp','int')
    http-request set-var(txn.now) date()
    http-request deny deny_status 401 unless {{ var(txn.alg) -m str HS256 }}
    http-request deny deny_status 401 unless {{ var(txn.bearer),jwt_verify(txn.alg,"{secret}") 1 }}
    http-request deny deny_status 401 unless {{ var(txn.iss) -m str lockstep-platform }}
    http-request deny deny_status 401 unless {{ var(txn.aud) -m str lockstep }}
    http-request deny deny_status 401 if {{ var(txn.exp),sub(txn.now) -m int lt 0 }}
    default_backend out
backend out
    http-reuse always
    server one 127.0.0.1:{backend_port}
""")
    haproxy.chmod(0o600)
    peers.append(Server("HAProxy, jwt_verify", ["haproxy", "-db", "-f", str(haproxy)], peer_core, port, folder,
                        check_token=True))

    port = free_port()
    peers.append(Server("nginx, auth_request", nginx(folder, "nginx", port, """
        location / {
            auth_request /_validate;
            proxy_pass http://backend;
            proxy_http_version 1.1;
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
    upstream backend {{ server 127.0.0.1:{backend_port}; keepalive 128; keepalive_requests 1000000000; }}
    upstream validator {{ server 127.0.0.1:{validator_port}; keepalive 128; keepalive_requests 1000000000; }}
    """), peer_core, port, folder))

    port = free_port()
    caddy = folder / "Caddyfile"
    caddy.write_text(f"""
{{
    admin off
    auto_https off
}}
:{port} {{
    bind 127.0.0.1
    forward_auth 127.0.0.1:{validator_port} {{
        uri /validate
    }}
    reverse_proxy 127.0.0.1:{backend_port}
}}
""")
    peers.append(Server("Caddy, forward_auth", [
        "caddy", "run", "--adapter", "caddyfile", "--config", str(caddy)], peer_core, port, folder,
        {"GOMAXPROCS": "1", "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}))
    return backend, validator, peers


# Whether the gateway wants an issuer's address to start; without one it has nobody to agree with.
NEEDS_PORTAL = False


def microseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 1, "ms": 1000, "s": 1_000_000}[unit]


def load(server, token, seconds, connections, core):
    """One wrk run; answers requests/s, CPU µs per request, share of a core, p50 and p99 in µs."""
    before, begin = cpu_seconds(server.process.pid), time.monotonic()
    said = subprocess.run(
        ["taskset", "-c", str(core), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency",
         "-H", f"Authorization: Bearer {token}", f"http://127.0.0.1:{server.port}{PATH}"],
        capture_output=True, text=True, check=True,
    ).stdout
    took, used = time.monotonic() - begin, cpu_seconds(server.process.pid) - before
    requests = int(re.search(r"(\d+) requests in", said)[1])
    if wrong := re.search(r"Non-2xx or 3xx responses: (\d+)", said):
        sys.exit(f"bench: {server.name}: {wrong[1]} of {requests} answers were refusals")
    if errors := re.search(r"Socket errors: (.*)", said):
        if re.search(r"[1-9]", errors[1]):
            print(f"bench: {server.name}: socket errors: {errors[1]}", file=sys.stderr)
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),
        "cpu": used / requests * 1e6,
        "busy": used / took * 100,
        "p50": microseconds(re.search(r"^\s+50%\s+(\S+)", said, re.M)[1]),
        "p99": microseconds(re.search(r"^\s+99%\s+(\S+)", said, re.M)[1]),
    }


def version(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True)
        return (done.stdout + done.stderr).strip().splitlines()[0]
    except (OSError, IndexError):
        return "unknown"


def machine():
    model = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}"


def table(rows):
    head = ("", "requests/s", "CPU µs/request", "core busy", "p50 ms", "p99 ms")
    lines = ["| " + " | ".join(head) + " |", "|---|---:|---:|---:|---:|---:|"]
    for name, runs in rows:
        median = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        lines.append(
            f"| {name} | {median['rate']:,.0f} | {median['cpu']:.1f} | {median['busy']:.0f} % "
            f"| {median['p50'] / 1000:.2f} | {median['p99'] / 1000:.2f} |"
        )
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gateway", type=pathlib.Path, help="the release executable; without it the peers alone")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--results", type=pathlib.Path, help="where to write the tables")
    options = parser.parse_args()
    for tool in ("wrk", "haproxy", "nginx", "caddy", "taskset"):
        if not shutil.which(tool):
            sys.exit(f"bench: {tool} is not installed; scripts/bench installs it")
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        sys.exit("bench: needs two cores, one for what is measured and one for the load")

    secret = secrets.token_urlsafe(48)
    token = access_token(secret)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lockstep-bench-"))
    started = []
    try:
        backend, validator, peers = servers(folder, secret, options.gateway and options.gateway.resolve(), (cores[0], cores[1]))
        for server in (backend, validator):
            started.append(server)
            server.start(token)
        rows = {peer.name: [] for peer in peers}
        direct = []
        load_before = os.getloadavg()[0]
        # Interleaved, each peer alone on its core: a slow minute of the machine falls on all of them.
        for round_number in range(options.rounds):
            direct.append(load(backend, token, options.seconds, options.connections, cores[1]))
            for peer in peers:
                started.append(peer)
                peer.start(token)
                load(peer, token, 1, options.connections, cores[1])
                rows[peer.name].append(load(peer, token, options.seconds, options.connections, cores[1]))
                peer.stop()
            print(f"bench: round {round_number + 1} of {options.rounds}", file=sys.stderr)
    finally:
        for server in reversed(started):
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)

    result = table(list(rows.items()) + [("(the backend without a proxy)", direct)])
    print(result)
    # Other work on the machine lowers rates and raises latencies of everyone, and CPU per request through shared caches.
    busy = "" if load_before < 1.5 else " **The machine was busy with other work: rates and latencies are not its best.**"
    if options.results:
        options.results.write_text(f"""# What a proxied, authenticated request costs

Written by `make bench` on {time.strftime('%Y-%m-%d')}: medians of {options.rounds} interleaved rounds of \
{options.seconds} s, `wrk -t1 -c{options.connections} --latency`, {len(token)}-byte HS256 token, 500-byte answer.

{result}

- **Machine**: {machine()}; load average before the first round {load_before:.2f}.{busy}
- **Pinning**: what is measured has core {cores[0]} and one thread (`GW_THREADS=1`, `nbthread 1`, `worker_processes 1`, \
`GOMAXPROCS=1`); wrk, the backend and the validator share core {cores[1]}. Where "core busy" is well below 100 %, \
requests/s and latency are bound by that other core: compare CPU per request.
- **CPU µs/request**: user and system time from `/proc/PID/stat` of the peer's processes, over the requests of the run.
- **What each does**: the gateway verifies signature, `typ`, `kid`, `iss`, `aud`, `iat`, `exp`, roles and lifetime, \
removes and sets the managed headers, and signs an assertion. HAProxy verifies the signature and compares `alg`, `iss`, `aud` \
and `exp`. nginx and Caddy ask a validator by a subrequest; theirs is an nginx location that answers 204 at once, verifies \
nothing, and **is not counted**. "Enrichment cached": the plant's verdict is in the gateway's cache, asked for anew every 30 s.
- **Versions**: {version('haproxy', '-v')}; {version('nginx', '-v')}; Caddy {version('caddy', 'version')}; \
{version('wrk', '-v')}; gateway {version('git', '-C', str(ROOT), 'rev-parse', '--short', 'HEAD')}, \
{version('swift', '--version')}, release build.
- **Logs**: access logs off everywhere (the gateway at `LOG_LEVEL=warning`).
- Everything on loopback. Run it yourself: `make bench`.
""")
        print(f"bench: wrote {options.results}", file=sys.stderr)


if __name__ == "__main__":
    main()
