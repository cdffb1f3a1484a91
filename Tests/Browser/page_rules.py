"""Rules that every page is held to, beside axe's: those of Lighthouse that apply to pages behind a session.

What does not apply: whether search engines may index a page (they may not), whether the connection is encrypted (the tests'
is loopback's), whether a page may be kept for going back (it must not be, with `no-store`), and the scores of times, which
say something of the machine. The largest paint is told and decides nothing.
"""

import pathlib

from playwright.sync_api import Error

# Answers of other kinds have no text that could be shorter.
TEXT = ("text/html", "text/css", "text/javascript", "image/svg+xml")
# A page's answer beyond this would have to be compressed; pages that hold form tokens are not (BREACH), and proxies may
# compress styles and modules.
MAXIMUM_BYTES = 100_000
RULES = (pathlib.Path(__file__).parent / "page_rules.js").read_text(encoding="utf-8")

# Before any script of the page: who wants to hear of its end, and what the browser calls outdated.
EARLY = """
globalThis.heardLeaving = [];
globalThis.deprecated = [];
const listen = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (name, ...rest) {
  if (name === "unload" || name === "beforeunload") globalThis.heardLeaving.push(name);
  return listen.call(this, name, ...rest);
};
new ReportingObserver((reports) => globalThis.deprecated.push(...reports), { types: ["deprecation"], buffered: true }).observe();
"""


class PageRules:
    """Of one window: what came over the network since the last look, and since when shifts of the layout count."""

    def __init__(self, page):
        page.add_init_script(EARLY)
        self.page, self.failed, self.largest = page, [], []
        self.origin, self.since = None, 0
        page.on("requestfailed", self.hear)

    def hear(self, request):
        # A stream, and what is still under way, end with the page that asked for it.
        if request.failure != "net::ERR_ABORTED":
            self.failed.append(f"{request.url}: {request.failure}")

    def broken(self, answers):
        """→ what breaks the rules, each as `rule: what`. answers: since the last look."""
        found = self.page.evaluate(RULES, {
            "isPhone": self.page.viewport_size["width"] < 500, "origin": self.origin, "since": self.since})
        broken = found["broken"]
        self.largest.append(found["largest"])
        broken["failed requests"], self.failed = self.failed, []
        for answer in answers:
            for rule, faults in of_answer(answer).items():
                broken.setdefault(rule, []).extend(faults)
        return [f"{rule}: {fault}" for rule, faults in broken.items() for fault in faults]

    def looked(self):
        """What our own pictures moved is no shift; what moves from here on is."""
        self.origin, self.since = self.page.evaluate("[performance.timeOrigin, performance.now()]")


def of_answer(answer):
    fields, place = answer.headers, answer.url
    kind = fields.get("content-type", "")
    if not kind.startswith(TEXT) or 300 <= answer.status < 400:
        return {}
    broken = {"charset": [], "caching": [], "answer size": [], "content sniffing": []}
    caching = fields.get("cache-control", "")
    if kind.startswith("text/html"):
        if "charset=utf-8" not in kind.lower() or b'<meta charset="utf-8">' not in body_of(answer)[:1024].lower():
            broken["charset"].append(f"{place} does not say UTF-8 in its head and its first 1024 bytes")
        if "no-store" not in caching:
            broken["caching"].append(f"{place} may be kept: {caching!r}")
    elif answer.ok and not ("immutable" in caching and "max-age=31536000" in caching):
        broken["caching"].append(f"{place} is not kept: {caching!r}")
    if fields.get("x-content-type-options") != "nosniff":
        broken["content sniffing"].append(place)
    size = int(fields.get("content-length") or len(body_of(answer)))
    if size > MAXIMUM_BYTES:
        broken["answer size"].append(f"{place} has {size} bytes")
    return broken


def body_of(answer):
    """Of what is kept no more, since the page was left, as it should be: that page had its own look."""
    try:
        return answer.body()
    except Error:
        return b'<meta charset="utf-8">'
