"""10,000 clients that ask at once with 100 tokens which the gateway has never seen: how often it asks the plant.

The plant keeps its answers back until all have sent their request, so that all of them are first ones. Once the verdicts
are there all 10,000 want the upstream at once: as many as two loops' bounded queues do not hold, hence four loops at least.
"""

import json
import pathlib
import re
import socket
import statistics
import sys
import time

import peers
import tokens
from processes import Failed, Process, free_port, get

HERE = pathlib.Path(__file__).resolve().parent
CLIENTS, TOKENS = 10_000, 100


def control(plant, word):
    return json.loads(get(plant.port, f"/plant/{word}")[1])


def run(site, secret):
    plant_port = free_port()
    plant = Process("plant", [sys.executable, "-B", HERE / "fake_plant.py", "--port", plant_port], site.load_cores, plant_port,
                    site.folder)
    site.backend_port = plant_port
    loops = max(4, site.threads)
    site.gateway_environment["GW_THREADS"] = str(loops)
    gateway = peers.gateway(site, "Lockstep gateway")
    shown = [tokens.Mint(secret, f"user-{number:03}").token(number).decode() for number in range(TOKENS)]
    connections = []
    try:
        plant.start(lambda: None if get(plant_port, "/plant/counts")[0] == 200 else "no answer")
        gateway.start(lambda: None if get(gateway.port, "/health")[0] == 200 else "no answer")
        control(plant, "mode/held")
        for number in range(CLIENTS):
            connections.append(socket.create_connection(
                ("127.0.0.1", gateway.port), timeout=30, source_address=(f"127.0.1.{1 + number % 100}", 0)))
        begin = time.monotonic()
        for number, connection in enumerate(connections):
            connection.sendall((
                f"GET /api/v1/first/{number} HTTP/1.1\r\nHost: localhost\r\n"
                f"Authorization: Bearer {shown[number % TOKENS]}\r\n\r\n").encode())
        sent = time.monotonic()
        # They lie in the gateway's sockets; it reads what is left while the plant still holds its answers back.
        time.sleep(1)
        control(plant, "mode/ok")
        for number, connection in enumerate(connections):
            answer = read(connection)
            user = f"user-{number % TOKENS:03}"
            wanted = f"/api/v1/first/{number}|{user}|of-{user}"
            if answer != (200, wanted):
                raise Failed(f"client {number} was to be answered {wanted!r} and got {answer}")
        took = time.monotonic() - begin
        counts = control(plant, "counts")
    finally:
        for connection in connections:
            connection.close()
        gateway.stop()
        plant.stop()
    if counts["validations"] > TOKENS:
        raise Failed(f"{counts['validations']} calls to the plant for {TOKENS} tokens")
    return {"calls": counts["validations"], "sending": sent - begin, "took": took, "loops": loops}


def read(connection):
    data = b""
    while True:
        head, end, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        if end and length and len(body) >= int(length[1]):
            return int(head.split(b" ")[1]), body.decode()
        part = connection.recv(65536)
        if not part:
            return 0, data.decode("latin-1")
        data += part


def text(runs):
    calls, took = (statistics.median(run[key] for run in runs) for key in ("calls", "took"))
    worst = max(run["calls"] for run in runs)
    return (f"{CLIENTS:,} connections, {runs[0]['loops']} event loops, the plant's answers held back until all had sent: "
            f"**{calls:.0f} calls to the plant** (median; at most {worst} in {len(runs)} runs), each answer checked to be its "
            f"client's own; {took:.1f} s from the first request sent to the last answer. A validator that is asked by a "
            f"subrequest each time would have been asked {CLIENTS:,} times.")
