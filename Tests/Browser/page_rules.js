// What must hold on every page, beside what axe finds: name of the rule → what breaks it, as strings. Evaluated in the page
// by page_rules.py with `{ isPhone, origin, since }`; after Lighthouse's audits, where they apply to pages that need a session.
({ isPhone, origin, since }) => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const named = (each) => each.outerHTML.replace(/\s+/g, " ").slice(0, 120);
  const when = (isBroken, said) => (isBroken ? [said] : []);
  const broken = {};

  broken.title = when(!/\S/.test(document.title) || document.title.length > 120, `the title is "${document.title}"`);
  broken.language = when(!/^[a-z]{2}(-|$)/.test(document.documentElement.lang), `lang is "${document.documentElement.lang}"`);
  broken.doctype = when(document.doctype?.name !== "html" || document.compatMode !== "CSS1Compat", "no doctype of HTML");
  const viewport = document.querySelector("meta[name=viewport]")?.content ?? "";
  broken.viewport = when(
    !/width=device-width/.test(viewport) || /user-scalable=(no|0)|maximum-scale=([0-4](\.|,|$))/.test(viewport),
    `the viewport is "${viewport}"`);
  const description = document.querySelector("meta[name=description]")?.content ?? "";
  broken.description = when(!/\S/.test(description) || description.length > 200, `the description is "${description}"`);

  broken.images = all("img").filter((each) => !each.width || !each.getAttribute("width") || !each.getAttribute("height")
    || (each.complete && !each.naturalWidth)).map(named);

  // What somebody reads: 12 px at least, in drawings as they are scaled.
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const small = new Set();
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement;
    if (!/\S/.test(texts.currentNode.data) || parent.closest("title, desc, script, style, option") || !shown(parent)) continue;
    const scale = parent.getScreenCTM?.()?.a ?? 1;
    const size = parseFloat(getComputedStyle(parent).fontSize) * scale;
    if (size < 11.95) small.add(`${size.toFixed(1)} px: ${named(parent)}`);
  }
  broken["font size"] = [...small];

  // WCAG 2.2, 2.5.8: 24 by 24 px, or as much room around a smaller one; links in a sentence are as high as its line.
  const targets = all("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [tabindex='0']")
    .filter((each) => shown(each) && !each.disabled)
    .map((each) => {
      // The label of a box is pressed as well as the box.
      const boxes = [each, ...(/^(checkbox|radio)$/.test(each.type) ? each.labels : [])].map((one) => one.getBoundingClientRect());
      const [left, top] = [Math.min(...boxes.map((one) => one.left)), Math.min(...boxes.map((one) => one.top))];
      const [right, bottom] = [Math.max(...boxes.map((one) => one.right)), Math.max(...boxes.map((one) => one.bottom))];
      return { each, left, top, right, bottom, middle: [(left + right) / 2, (top + bottom) / 2] };
    })
    .filter((one) => one.right > 0 && one.right > one.left);
  const isSmall = (one) => one.right - one.left < 23.5 || one.bottom - one.top < 23.5;
  const isInSentence = (one) => getComputedStyle(one.each).display === "inline"
    && [...one.each.parentElement.childNodes].some((node) => node !== one.each && /\S/.test(node.textContent));
  const distance = ([x, y], to) =>
    Math.hypot(Math.max(to.left - x, 0, x - to.right), Math.max(to.top - y, 0, y - to.bottom));
  const apart = (one, other) => isSmall(other)
    ? Math.hypot(one.middle[0] - other.middle[0], one.middle[1] - other.middle[1]) >= 24 && distance(one.middle, other) >= 12
    : distance(one.middle, other) >= 12;
  broken["target size"] = isPhone
    ? targets.filter((one) => isSmall(one) && !isInSentence(one)
        && targets.some((other) => other !== one && !one.each.contains(other.each) && !other.each.contains(one.each) && !apart(one, other)))
      .map((one) => `${Math.round(one.right - one.left)} × ${Math.round(one.bottom - one.top)}: ${named(one.each)}`)
    : [];

  const count = all("*").length;
  broken["page size"] = when(count >= 1500, `${count} elements`);

  const ids = all("[id]").map((each) => each.id);
  broken["unique ids"] = [...new Set(ids.filter((each, place) => ids.indexOf(each) !== place))];

  const levels = all("h1, h2, h3, h4, h5, h6").filter(shown).map((each) => Number(each.tagName[1]));
  broken.headings = [
    ...when(levels.filter((each) => each === 1).length !== 1, `${levels.filter((each) => each === 1).length} of level 1`),
    ...when(levels.some((each, place) => place && each > levels[place - 1] + 1), `levels ${levels.join(" ")}`),
  ];

  const said = (each) => (each.getAttribute("aria-label") || each.textContent
    || each.querySelector("img")?.alt || "").trim().toLowerCase();
  const says = /^(click here|click this|go|here|this|start|right here|more|learn more|read more|link)?$/;
  broken["link text"] = all("a[href]").filter((each) => says.test(said(each))).map(named);
  broken["link target"] = all("a").filter((each) => /^(javascript:|#?$)/i.test(each.getAttribute("href") ?? "")).map(named);

  const fields = all("input:not([type=hidden]):not([type=submit]), select, textarea");
  broken["field label"] = fields.filter((each) => !each.labels?.length && !each.getAttribute("aria-label")
    && !document.getElementById(each.getAttribute("aria-labelledby"))).map(named);
  broken.autocomplete = fields.filter((each) => !each.autocomplete
    && (/^(email|password|tel)$/.test(each.type) || /^(name|email|password|code|username)$/.test(each.name))).map(named);
  broken.pasting = all("input[type=password]").filter((each) => !each.dispatchEvent(
    new ClipboardEvent("paste", { cancelable: true, bubbles: true, clipboardData: new DataTransfer() }))).map(named);

  // Whoever comes to a page sees where that is; a menu that scrolls sideways begins there.
  broken["place in the menu"] = all("nav [aria-current=page]").filter((each) => {
    const [own, around] = [each, each.closest("ul") ?? document.body].map((one) => one.getBoundingClientRect());
    return own.left < Math.max(around.left, 0) - 1 || own.right > Math.min(around.right, innerWidth) + 1;
  }).map(named);

  broken["focus order"] = all("[tabindex]").filter((each) => each.tabIndex > 0).map(named);
  broken.scripts = all("head script[src]").filter((each) => !each.defer && !each.async && each.type !== "module").map(named);
  broken.leaving = [...(globalThis.heardLeaving ?? []), ...["onunload", "onbeforeunload"].filter((each) => globalThis[each])];
  broken.deprecated = (globalThis.deprecated ?? []).map((each) => `${each.body.id}: ${each.body.message}`);

  // Cumulative layout shift: the worst window of five seconds, without what follows somebody's own doing.
  const observed = (type) => {
    const observer = new PerformanceObserver(() => {});
    observer.observe({ type, buffered: true });
    const entries = observer.takeRecords();
    observer.disconnect();
    return entries;
  };
  let [worst, sum, first, last] = [0, 0, 0, 0];
  for (const each of observed("layout-shift").filter((one) => !one.hadRecentInput && one.startTime > (performance.timeOrigin === origin ? since : 0))) {
    if (each.startTime - last > 1000 || each.startTime - first > 5000) [sum, first] = [0, each.startTime];
    [sum, last] = [sum + each.value, each.startTime];
    worst = Math.max(worst, sum);
  }
  broken["layout shift"] = when(worst >= 0.1, worst.toFixed(3));

  const largest = observed("largest-contentful-paint").at(-1)?.startTime ?? 0;
  return { broken, largest };
}
