"""Each rule of page_rules.py finds the page that breaks it, and nothing else to complain of; a good page breaks none."""

from page_rules import MAXIMUM_BYTES, PageRules

PLACE = "http://rules.example/"
GOOD = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="description" content="A good page.">
<title>Good</title><script type="module" src="/a.js"></script></head><body><main><h1>One</h1><h2>Two</h2>
<p>Words with <a href="/there">a place</a> among them.</p><p><img src="/a.svg" width="24" height="24" alt=""></p>
<form><label for="email">Email</label><input id="email" name="email" type="email" autocomplete="email">
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="off">
<button style="width: 48px; height: 48px">Send</button></form></main></body></html>"""
PAGE = {"content-type": "text/html; charset=utf-8", "cache-control": "no-store", "x-content-type-options": "nosniff"}
KEPT = PAGE | {"cache-control": "public, max-age=31536000, immutable"}
# Tells when it has been drawn.
LATE = """<script>setTimeout(() => {
  document.body.insertAdjacentHTML("afterbegin", "<div style='height: 400px'>late</div>");
  let frames = 0;
  requestAnimationFrame(function next() { (globalThis.isLate = ++frames > 3) || requestAnimationFrame(next); });
}, 700)</script></body>"""
# Rule → what is put in place of what.
BREAKS = [
    ("title", "<title>Good</title>", "<title> </title>"),
    ("language", ' lang="en"', ""),
    ("doctype", "<!doctype html>", ""),
    ("viewport", "width=device-width, initial-scale=1", "width=device-width, maximum-scale=1"),
    ("description", "A good page.", ""),
    ("images", 'width="24" height="24"', ""),
    ("images", "/a.svg", "/none.svg"),
    ("font size", "<p>Words", '<p style="font-size: 11px">Words'),
    ("font size", "<p>Words",
     '<p><svg viewBox="0 0 1000 100" width="100"><text y="50" font-size="20">small as scaled</text></svg></p><p>Words'),
    ("target size", "</form>", '<button type="button" style="all: unset; width: 9px; height: 9px; display: inline-block">x</button>'
     '<button type="button" style="all: unset; width: 9px; height: 9px; display: inline-block">y</button></form>'),
    ("page size", "</form>", "</form>" + "<i></i>" * 1500),
    ("unique ids", "<h2>", '<h2 id="email2"></h2><h2 id="email2">'),
    ("headings", "h2>", "h4>"),
    ("headings", "<h2>Two", "<h1>Another</h1><h2>Two"),
    ("link text", "a place", "click here"),
    ("link target", '"/there"', '"#"'),
    ("field label", 'for="email"', 'for="nothing"'),
    ("autocomplete", ' autocomplete="email"', ""),
    ("pasting", "</body>", '<script>addEventListener("paste", (event) => event.preventDefault())</script></body>'),
    ("place in the menu", "<main>",
     '<nav><ul style="display: flex; overflow-x: auto; gap: 300px; line-height: 24px"><li><a href="/">Overview</a></li>'
     '<li><a href="/it" aria-current="page">It</a></li></ul></nav><main>'),
    ("focus order", "<button ", '<button tabindex="3" '),
    ("scripts", ' type="module"', ""),
    ("leaving", "</body>", '<script>addEventListener("beforeunload", () => {})</script></body>'),
    ("leaving", "</body>", "<script>onbeforeunload = () => {}</script></body>"),
    ("deprecated", "</body>", '<script>{ const old = new XMLHttpRequest(); old.open("GET", "/", false); old.send(); }</script></body>'),
    ("layout shift", "</body>", LATE),
    ("failed requests", "</body>", '<script>fetch("/broken").catch(() => {})</script></body>'),
    ("charset", '<meta charset="utf-8">', f"<!-- {'x' * 1024} --><meta charset=\"utf-8\">"),
    ("answer size", "</main>", f"<!-- {'x' * MAXIMUM_BYTES} --></main>"),
]
# Rule → fields of the answer.
FIELDS = [
    ("charset", {"content-type": "text/html"}, {}),
    ("caching", {"cache-control": "max-age=60"}, {}),
    ("caching", {}, {"cache-control": "no-cache"}),
    ("content sniffing", {"x-content-type-options": ""}, {}),
]


def broken_by(context, text, page_fields, asset_fields):
    page, answers = context.new_page(), []
    rules = PageRules(page)
    page.on("response", lambda answer: answers.append(answer))

    def serve(route):
        path = route.request.url.removeprefix(PLACE.rstrip("/"))
        if path == "/":
            route.fulfill(body=text, headers=PAGE | page_fields)
        elif path == "/a.js":
            route.fulfill(body="1;", headers=KEPT | {"content-type": "text/javascript"} | asset_fields)
        elif path == "/a.svg":
            route.fulfill(
                body='<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24"/>',
                headers=KEPT | {"content-type": "image/svg+xml"} | asset_fields)
        elif path == "/broken":
            route.abort("connectionreset")
        else:
            route.fulfill(status=404, body="", headers={"content-type": "text/plain"})

    page.route(f"{PLACE}**", serve)
    page.goto(PLACE)
    # What is reported comes a little later, what moves later still.
    page.wait_for_function("globalThis.isLate" if LATE in text else "performance.now() > 250")
    found = {fault.partition(":")[0]: fault for fault in rules.broken(answers)}
    page.close()
    return found


def rules_find_what_breaks_them(browser):
    context = browser.new_context(viewport={"width": 320, "height": 640})
    good = broken_by(context, GOOD, {}, {})
    assert not good, f"a good page breaks {good}"
    for rule, old, new in BREAKS:
        assert old in GOOD
        found = broken_by(context, GOOD.replace(old, new), {}, {})
        assert set(found) == {rule}, f"a page that breaks the rule of {rule} is said to break {found}"
    for rule, page_fields, asset_fields in FIELDS:
        found = broken_by(context, GOOD, page_fields, asset_fields)
        assert set(found) == {rule}, f"an answer that breaks the rule of {rule} is said to break {found}"
    context.close()
    return len(BREAKS) + len(FIELDS)
