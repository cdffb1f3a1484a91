"""The portal's pages in a real browser, on a real stack.

usage: browser.py EXECUTABLES CHROMIUM PROVIDER [SCREENSHOTS]     (scripts/test-browser calls this)

EXECUTABLES is a folder with portal, gateway and plant; PROVIDER is oidc-provider-mock; SCREENSHOTS a folder for pictures of every page that is judged.
"""

import os
import re
import secrets
import sys
import tempfile

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, expect, sync_playwright

from accounts import keeps_accounts
from farms import hears_of_others, sees_refused_tokens, works_on_farms, works_without_script
from keyboard import walks_by_keyboard
from page_rules import PageRules
from page_rules_test import rules_find_what_breaks_them
from people import administers_without_script, meets_people
from profiles import minds_themselves, minds_themselves_without_script
from providers import signs_in_through_a_provider, signs_in_through_it_without_script
from records import keeps_records, keeps_records_without_script
from rights import is_offered_less, loses_a_permission
from stack import ADMIN_EMAIL, SERVICES, Stack
from statements import changes_rows, changes_rows_without_script

# An access token, or a refresh token.
TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]+\.eyJ|lsr_[A-Za-z0-9_-]{20}")
LOOKS = [("light", 1200, 800), ("dark", 1200, 800), ("light", 320, 640)]


class Visitor:
    """One browser window, and what must hold on every page it sees."""

    def __init__(self, browser, stack, look, pictures, service="pp-backend"):
        self.browser, self.look = browser, look
        self.home = stack.url(service)
        self.scheme, self.width, height = look
        self.context = browser.new_context(
            color_scheme=self.scheme, viewport={"width": self.width, "height": height}, base_url=self.home)
        self.page = self.context.new_page()
        self.stack = stack
        self.pictures = pictures
        self.judged = 0
        self.complaints = []
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self.see)
        self.answers, self.searched = [], 0
        self.page.on("response", lambda answer: self.answers.append(answer))
        self.rules = PageRules(self.page)

    def beside(self, service):
        """Somebody else with the same look, at that portal."""
        return Visitor(self.browser, self.stack, self.look, self.pictures, service)

    def hear(self, message):
        # A wrong password is answered with 401, a wrong field with 422, a provider's no with 400, who was overtaken with 409,
        # and a plant that refuses us with 502, which the browser reports; anything else (a refused style, a missing
        # picture, a breach of the content security policy) is a fault of the page.
        if message.type == "error" and not re.search("status of (400|401|409|422|502)", message.text):
            self.complaints.append(message.text)

    def see(self, request):
        # What the provider's own pages ask for is not the portal's doing.
        if self.is_at_provider(request.frame.url) or request.is_navigation_request() and self.is_at_provider(request.url):
            return
        if not request.url.startswith(self.home + "/"):
            self.complaints.append(f"the page asks for {request.url}")

    def is_at_provider(self, url):
        return url.startswith(self.stack.issuer + "/")

    def judge(self, name):
        """Accessibility by axe, the rules of page_rules.py, nothing wider than the window, no complaint of the browser."""
        label = f"{name} ({self.scheme}, {self.width} px)"
        # A click waits for the next page to begin, and not for its styles.
        self.page.wait_for_load_state("load")
        # First: pictures and axe move things.
        broken = self.rules.broken([each for each in self.answers if each.url.startswith(self.home + "/")])
        assert not broken, f"{label}: breaks {broken}"
        if self.pictures:
            self.page.screenshot(path=os.path.join(self.pictures, f"{name}-{self.scheme}-{self.width}.png"), full_page=True)
        violations = Axe().run(self.page).response["violations"]
        faults = [f"{each['id']} ({each['impact']}): {each['nodes'][0]['html'][:200]}" for each in violations]
        assert not faults, f"{label}: axe finds {faults}"
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{label}: {wide} px wider than the window"
        assert not self.complaints, f"{label}: {self.complaints}"
        self.finds_no_token(label)
        self.rules.looked()
        self.judged += 1

    def finds_no_token(self, label):
        """Neither in what came over the network, nor in what the browser keeps."""
        answers, self.answers = self.answers, []
        for answer in answers:
            said = " ".join(f"{name}: {value}" for name, value in answer.all_headers().items())
            if answer.status == 200 and "event-stream" not in answer.headers.get("content-type", ""):
                try:
                    said += answer.text()
                    self.searched += 1
                except Error:
                    pass  # A page that was left keeps no body; its own judging has read it.
            assert not TOKEN.search(said), f"{label}: a token in the answer of {answer.url}"
        kept = self.page.evaluate("""async () => JSON.stringify([
            document.cookie, {...localStorage}, {...sessionStorage}, history.state, window.name,
            (await indexedDB.databases()).map(each => each.name), await caches?.keys() ?? [],
            document.documentElement.outerHTML])""")
        assert not TOKEN.search(kept), f"{label}: a token is kept in the page"
        stored = self.page.evaluate("""async () =>
            localStorage.length + sessionStorage.length + (await indexedDB.databases()).length""")
        assert stored == 0, f"{label}: something is stored in the browser"
        for cookie in self.context.cookies():
            assert cookie["httpOnly"] and not TOKEN.search(cookie["value"]), f"{label}: cookie {cookie['name']}"

    def sign_in(self, password, address=ADMIN_EMAIL):
        self.page.get_by_label("Email address").fill(address)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()


def signs_in(visitor):
    page = visitor.page
    page.goto("/")
    expect(page).to_have_url(re.compile("/login$"))
    expect(page.get_by_label("Email address")).to_be_focused()
    visitor.judge("sign-in")

    visitor.sign_in("not the password at all")
    expect(page.get_by_role("alert")).to_contain_text("password is wrong")
    expect(page).to_have_title(re.compile("^Error"))
    expect(page.get_by_label("Email address")).to_have_value(ADMIN_EMAIL)
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_label("Password")).to_have_value("")
    visitor.judge("wrong-password")

    visitor.sign_in(visitor.stack.password)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Administrator")
    expect(page.get_by_text("Every service holds the key")).to_be_visible()
    visitor.judge("overview")
    page.get_by_role("navigation").get_by_role("link", name="My account").click()
    expect(page.locator("dl")).to_contain_text(ADMIN_EMAIL)
    expect(page.locator("dl")).to_contain_text("super_admin")
    visitor.judge("account")


def sees_agreement(visitor):
    page = visitor.page
    page.get_by_role("navigation").get_by_role("link", name="Keys").click()
    rows = page.locator("tr.service")
    expect(rows).to_have_count(len(SERVICES))
    for name in ["platform-portal", "customer-portal", "gateway", "plant"]:
        expect(page.get_by_role("rowheader", name=re.compile(f"^{name}"))).to_be_visible()
    kids = set(page.locator("tr.service .key code").all_inner_texts())
    assert len(kids) == 1, f"four services that agree show {kids}"
    expect(page.locator(".badge")).to_have_text(["signs", "agrees", "agrees", "agrees"])
    expect(page.get_by_text("Every service holds the key")).to_be_visible()
    visitor.judge("keys")


def sees_disagreement(visitor):
    """Without a reload: the page is live."""
    page = visitor.page
    expect(page.locator("#fleet-part .summary")).to_have_text("1 of 4 services needs attention.", timeout=20_000)
    expect(page.locator(".badge")).to_have_text(["signs", "agrees", "agrees", "disagrees"])
    finding = page.locator("tr .finding")
    expect(finding).to_have_count(1)
    expect(finding).to_contain_text("plant does not hold")
    expect(finding).to_contain_text("Next: lockstep secret diagnose")
    for kid in set(page.locator("tr.service .key code").all_inner_texts()):
        expect(finding).to_contain_text(kid)
    visitor.judge("disagreement")


def works_by_keyboard(visitor):
    page = visitor.page
    page.reload()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    box = skip.bounding_box()
    assert box and box["x"] >= 0, "the link to the content can't be seen when it has the focus"
    page.keyboard.press("Tab")
    brand = page.get_by_role("link", name="Lockstep")
    expect(brand).to_be_focused()
    outline = brand.evaluate("each => getComputedStyle(each).outlineStyle + ' ' + getComputedStyle(each).outlineWidth")
    assert outline == "solid 3px", f"the focus shows as {outline}"


def signs_out(visitor):
    page = visitor.page
    cookies = visitor.context.cookies()
    assert cookies and all(each["httpOnly"] and each["sameSite"] != "None" for each in cookies), "a cookie is too open"
    assert page.evaluate("document.cookie") == "", "a script could read a cookie"
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/login$"))
    page.goto("/")
    expect(page).to_have_url(re.compile("/login$"))
    # The cookie of before opens nothing, wherever it was copied to.
    visitor.context.add_cookies(cookies)
    page.goto("/")
    expect(page).to_have_url(re.compile("/login$"))


def no_secret_in_logs(stack):
    for name in SERVICES:
        with open(stack.log(name), encoding="utf-8", errors="replace") as log:
            text = log.read()
        for what in ["secret", "password", "internal_token", "data_key"]:
            assert getattr(stack, what) not in text, f"{what} stands in the log of {name}"
        for pattern in [r"ls[rwfts]_[A-Za-z0-9_-]{20}", r"eyJ[A-Za-z0-9_-]{20}"]:
            assert not re.search(pattern, text), f"a token or cookie stands in the log of {name}"


def run(stack, chromium, pictures):
    # As long as for everything else: a slow machine shows the same, later.
    expect.set_options(timeout=30_000)
    stack.start_all()
    stack.seed_farms()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        rules = rules_find_what_breaks_them(browser)
        offered = loses_a_permission(browser, stack)
        visitors = [Visitor(browser, stack, look, pictures) for look in LOOKS]
        for visitor in visitors:
            signs_in(visitor)
            sees_agreement(visitor)
            meets_people(visitor)
            changes_rows(visitor)
            farm = works_on_farms(visitor)
            keeps_records(visitor)
            if visitor.scheme == "light":
                walks_by_keyboard(visitor, farm)
        hears_of_others(visitors[0], visitors[1], farm)
        works_without_script(browser, stack, farm)
        administers_without_script(browser, stack)
        keeps_records_without_script(browser, stack)
        changes_rows_without_script(browser, stack)
        is_offered_less(offered)
        for visitor in visitors:
            subject, recovery_code = signs_in_through_a_provider(visitor)
            minds_themselves(visitor)
        minds_themselves_without_script(browser, visitors[0])
        signs_in_through_it_without_script(browser, stack, subject, recovery_code)
        for visitor in visitors:
            visitor.page.goto("/keys")
        stack.stop("plant-backend")
        # It does not become ready, which is the point; it answers.
        stack.start("plant-backend", path="/health", JWT_SECRET=secrets.token_urlsafe(48))
        for visitor in visitors:
            sees_disagreement(visitor)
            sees_refused_tokens(visitor, farm)
        works_by_keyboard(visitors[0])
        for visitor in visitors:
            keeps_accounts(visitor)
        for visitor in visitors:
            signs_out(visitor)
        version = browser.version
        browser.close()
    stack.stop_all()
    no_secret_in_logs(stack)
    judged = sum(visitor.judged for visitor in visitors)
    searched = sum(visitor.searched for visitor in visitors)
    largest = max(each for visitor in visitors for each in visitor.rules.largest)
    assert searched > judged, f"{searched} answers were searched for tokens on {judged} pages"
    print(f"browser: Chromium {version}: signed in, saw four services' keys agree and disagree, "
          f"registered, was invited, came through a provider, linked one by hand, kept a profile, with a second factor, "
          f"sessions and programs' accounts, worked on farms, looked after customers and skills, changed rows after confirming, with script and without, lost a form with its permission, "
          f"signed out; axe and the page rules ({rules} proofs that these find what breaks them) find nothing on {judged} "
          f"pages (light, dark, 320 px), whose largest paint came within {largest:.0f} ms, no token in {searched} answers")


def main():
    executables, chromium, provider = (os.path.abspath(each) for each in sys.argv[1:4])
    pictures = os.path.abspath(sys.argv[4]) if len(sys.argv) > 4 else None
    if pictures:
        os.makedirs(pictures, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lockstep-browser-") as folder:
        stack = Stack(executables, folder, provider)
        try:
            run(stack, chromium, pictures)
        except BaseException:
            print(stack.tails(), file=sys.stderr)
            raise
        finally:
            stack.stop_all()


if __name__ == "__main__":
    main()
