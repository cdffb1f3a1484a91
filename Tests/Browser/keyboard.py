"""Pages by keyboard alone: Tab reaches everything in the order of the page, and shows where it is."""

FOCUSABLE = """() => {
  const all = document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']");
  // Of radio buttons with one name, Tab reaches one.
  globalThis.walk = [...all].filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.disabled
    && each.type !== "radio");
  document.activeElement?.blur();
  getSelection().removeAllRanges();
  return globalThis.walk.length;
}"""
FOCUSED = """() => {
  const each = document.activeElement;
  if (!each || each === document.body || each === document.documentElement) return null;
  const style = getComputedStyle(each);
  const box = each.getBoundingClientRect();
  return {
    place: globalThis.walk.indexOf(each),
    html: each.outerHTML.replace(/\\s+/g, " ").slice(0, 120),
    isMarked: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none"
      || [...each.querySelectorAll("rect")].some((one) => parseFloat(getComputedStyle(one).strokeWidth) >= 3),
    isSeen: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
  };
}"""


def walks(visitor, address):
    """From the first thing on a page to the last."""
    page = visitor.page
    page.goto(address)
    count = page.evaluate(FOCUSABLE)
    label = f"{page.url} ({visitor.width} px)"
    reached = []
    for _ in range(count * 2 + 5):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None or (reached and focused["place"] == reached[0]):
            break
        assert focused["isMarked"], f"{label}: the focus does not show on {focused['html']}"
        assert focused["isSeen"], f"{label}: the focus is out of sight on {focused['html']}"
        # A radio button, and what scrolls, take the focus too.
        if focused["place"] >= 0:
            reached.append(focused["place"])
    assert reached == list(range(count)), f"{label}: Tab goes to {reached} of {count}"


def walks_by_keyboard(visitor, farm):
    for address in ("/", "/account", "/account/security", "/people", "/audit", "/keys", farm):
        walks(visitor, address)
