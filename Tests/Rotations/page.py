"""Somebody at the portal's pages, as a browser without script is: a cookie jar, links and forms."""

import html
import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request


class Person:
    def __init__(self, url):
        self.url = url
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, path):
        """The text of a page; raises for anything but 200."""
        with self.opener.open(self.url + path, timeout=30) as answer:
            return html.unescape(answer.read().decode())

    def send(self, page, action, **fields):
        """Sends the form of that page with these fields; answers the page that follows."""
        token = re.search(r'name="form_token" value="([^"]+)"', page).group(1)
        body = urllib.parse.urlencode({**fields, "form_token": token}).encode()
        with self.opener.open(self.url + action, body, timeout=30) as answer:
            return html.unescape(answer.read().decode())

    def sign_in(self, email, password):
        return self.send(self.get("/login"), "/login", email=email, password=password)

    def rotate(self, act):
        """`begin` or `rollback`, confirmed as the page asks."""
        path = f"/keys/rotation/{act}"
        try:
            return self.send(self.get(path), path)
        except urllib.error.HTTPError as refusal:
            raise RuntimeError(f"{path}: {refusal.code} {html.unescape(refusal.read().decode())[-1500:]}") from refusal
