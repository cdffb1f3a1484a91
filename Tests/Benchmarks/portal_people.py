"""People at the portal as their browsers are: cookies, forms, pages, and streams that have a page asked for again.

What portal.js does on a live page is done here too: the page is fetched again with each event of its stream, once at
a time.
"""

import asyncio
import re
import time
import urllib.parse

from processes import Failed

FORM_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
LIVE = re.compile(r'<body data-live="([^"]+)"')


class Connection:
    """One HTTP/1.1 connection, opened anew where the portal has closed it."""

    def __init__(self, port):
        self.port, self.reader, self.writer = port, None, None

    async def send(self, method, path, headers, body=b""):
        """→ status and headers; the body is still to be read."""
        for attempt in (1, 2):
            reused = self.writer is not None
            if not reused:
                self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
            lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Length: {len(body)}"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            try:
                self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
                head = await self.reader.readuntil(b"\r\n\r\n")
                break
            except (asyncio.IncompleteReadError, ConnectionError):
                self.close()
                if not reused or attempt == 2:
                    raise
        first, *fields = head.decode("latin-1").split("\r\n")
        pairs = [field.split(": ", 1) for field in fields if field]
        return int(first.split(" ")[1]), [(name.lower(), value) for name, value in pairs]

    async def read(self, fields):
        told = dict(fields)
        if told.get("transfer-encoding") == "chunked":
            parts = []
            while size := int(await self.reader.readline(), 16):
                parts.append(await self.reader.readexactly(size))
                await self.reader.readexactly(2)
            await self.reader.readexactly(2)
            return b"".join(parts)
        return await self.reader.readexactly(int(told.get("content-length", 0)))

    def close(self):
        if self.writer:
            self.writer.close()
        self.reader = self.writer = None


class Record:
    """What all people have asked for while it counts: request id → (kind of page, milliseconds at the client)."""

    def __init__(self):
        self.asked, self.counts, self.number, self.streams, self.events = {}, False, 0, 0, 0

    def name(self, kind):
        self.number += 1
        return f"{kind}-{self.number:08}"


class Person:
    def __init__(self, port, number, email, password, record):
        self.port, self.email, self.password, self.record = port, email, password, record
        # Each at an address of their own, as behind the proxy in front of the portal.
        self.headers = {"X-Forwarded-For": f"10.20.{number // 250}.{number % 250 + 1}"}
        self.cookies = {}

    def keep_cookies(self, fields):
        for name, value in fields:
            if name == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]

    def sent_headers(self):
        return self.headers | {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    async def sign_in(self):
        connection = Connection(self.port)
        try:
            status, fields = await connection.send("GET", "/login", self.sent_headers())
            page = (await connection.read(fields)).decode()
            self.keep_cookies(fields)
            form = {"form_token": FORM_TOKEN.search(page)[1], "return_to": "/", "email": self.email, "password": self.password}
            status, fields = await connection.send(
                "POST", "/login", self.sent_headers() | {"Content-Type": "application/x-www-form-urlencoded"},
                urllib.parse.urlencode(form).encode())
            await connection.read(fields)
            if status != 303:
                raise Failed(f"{self.email} signs in and is answered {status}")
            self.keep_cookies(fields)
        finally:
            connection.close()


class Tab:
    """A page that somebody has open, and its stream."""

    def __init__(self, person):
        self.person, self.record = person, person.record
        self.connection, self.kind, self.path, self.stream = Connection(person.port), None, None, None
        self.is_fetching = self.again = False

    async def visit(self, kind, path):
        await self.leave()
        self.kind, self.path = kind, path
        page = await self.fetch(self.connection)
        if live := LIVE.search(page):
            self.stream = asyncio.create_task(self.follow(live[1]))

    async def leave(self):
        stream, self.stream = self.stream, None
        if stream:
            stream.cancel()
            try:
                await stream
            except asyncio.CancelledError:
                pass

    async def fetch(self, connection):
        name, counts = self.record.name(self.kind), self.record.counts
        begin = time.perf_counter()
        status, fields = await connection.send("GET", self.path, self.person.sent_headers() | {"X-Request-Id": name})
        page = await connection.read(fields)
        if status != 200:
            raise Failed(f"{self.path} answers {status}: {page[:300]!r}")
        if counts:
            self.record.asked[name] = (self.kind, (time.perf_counter() - begin) * 1000)
        return page.decode()

    async def follow(self, path):
        connection, pages = Connection(self.person.port), Connection(self.person.port)
        refreshing, is_open = None, False
        try:
            status, _ = await connection.send("GET", path, self.person.sent_headers())
            if status != 200:
                raise Failed(f"{path} answers {status}")
            is_open = True
            self.record.streams += 1
            async for line in lines(connection.reader):
                if line == b"event: changed":
                    self.record.events += 1
                    refreshing = self.refresh(pages, refreshing)
        finally:
            self.record.streams -= is_open
            if refreshing:
                refreshing.cancel()
            connection.close()
            pages.close()

    def refresh(self, pages, running):
        """As portal.js does: once at a time, and once more where something happened meanwhile."""
        if running and not running.done():
            self.again = True
            return running
        if running:
            running.result()

        async def work():
            self.again = True
            while self.again:
                self.again = False
                await self.fetch(pages)

        return asyncio.create_task(work())


async def lines(reader):
    """The lines of a chunked stream, as far as whole lines come in a chunk."""
    while size := int(await reader.readline() or b"0", 16):
        for line in (await reader.readexactly(size)).split(b"\n"):
            yield line
        await reader.readexactly(2)
