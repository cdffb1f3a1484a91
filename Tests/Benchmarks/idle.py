"""10,000 connections, each of which made one request and stays: what they hold of a peer's memory."""

import socket

from processes import Failed, resident

CONNECTIONS = 10_000
SAMPLE = 200


def ask(connection, request):
    connection.sendall(request)
    answer = b""
    while b"\r\n\r\n" not in answer or not answer.endswith(b"x" * 500):
        part = connection.recv(65536)
        if not part:
            raise Failed("a connection was closed instead of answered")
        answer += part
    if not answer.startswith(b"HTTP/1.1 200"):
        raise Failed(f"instead of 200: {answer[:60]!r}")


def measure(server, token, path):
    before = resident(server.pid)
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    connections = []
    try:
        for number in range(CONNECTIONS):
            # A hundred clients, so that a bound per client is no hindrance.
            connections.append(socket.create_connection(
                ("127.0.0.1", server.port), timeout=10, source_address=(f"127.0.1.{1 + number % 100}", 0)))
            ask(connections[-1], request)
        after = resident(server.pid)
        # They are all still served, the first ones too.
        for connection in connections[:: CONNECTIONS // SAMPLE]:
            ask(connection, request)
    except OSError as error:
        raise Failed(f"after {len(connections)} connections: {error}") from None
    finally:
        for connection in connections:
            connection.close()
    return {"before": before, "after": after, "connections": CONNECTIONS}
