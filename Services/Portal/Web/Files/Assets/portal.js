// What every page gets. Nothing here is needed to read a page or to send a form: it shows times in the viewer's zone,
// keeps live pages up to date, and asks before what can't be undone.

const zoned = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

function showTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    if (!Number.isNaN(moment.getTime())) {
      time.title = time.dateTime;
      time.textContent = zoned.format(moment);
    }
  }
}

// The portal's own pages, fetched by the code below, are the only HTML that is ever parsed (Trusted Types).
const ownPages = globalThis.trustedTypes?.createPolicy("lockstep", { createHTML: (text) => text }) ?? {
  createHTML: (text) => text,
};

// A live page is fetched again when there is news, and its parts ([data-part]) take the places of the former ones. What
// somebody is typing into, or has chosen and not yet sent, is left alone until they leave it as it was; what they have
// opened stays open.
function isChanged(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.options) {
    const options = [...field.options];
    const given = options.findIndex((each) => each.defaultSelected);
    return field.selectedIndex !== Math.max(given, 0);
  }
  return field.value !== field.defaultValue;
}

function isInUse(part) {
  const fields = [...part.querySelectorAll("input, textarea, select")];
  return fields.some((each) => each === document.activeElement || isChanged(each)) || part.querySelector("dialog[open]");
}

// Ends the listening of a page that waits for one thing alone.
let hush = () => {};

let refreshing = false;
let again = false;
let later;
// A part was in use when it had news.
let isOwed = false;

async function refresh() {
  if (refreshing) {
    again = true;
    return;
  }
  refreshing = true;
  clearTimeout(later);
  try {
    do {
      again = false;
      await renew();
    } while (again);
  } catch {
    // News are told once: who could not have the page asks again.
    later = setTimeout(refresh, 5000);
  } finally {
    refreshing = false;
  }
}

// Throws where the page may be had a little later.
async function renew() {
  const answer = await fetch(location.href, { headers: { "X-Lockstep-Live": "1" }, redirect: "manual" });
  if (answer.type === "opaqueredirect") {
    // The session is over: the page that says so is the sign-in page.
    location.reload();
    return;
  }
  if (answer.status === 429 || answer.status >= 500) throw new Error(`${answer.status}`);
  if (!answer.ok) return;
  const next = new DOMParser().parseFromString(ownPages.createHTML(await answer.text()), "text/html");
  const parts = [...document.querySelectorAll("[data-part]")];
  // What this page waited for has come.
  if (!next.body.dataset.live && parts.every((each) => next.getElementById(each.id))) hush();
  isOwed = false;
  for (const part of parts) {
    const successor = next.getElementById(part.id);
    if (!successor || successor.isEqualNode(part.pristine ?? part)) continue;
    if (isInUse(part)) isOwed = true;
    else swap(part, document.importNode(successor, true));
  }
}

document.addEventListener("focusout", () => {
  if (isOwed) refresh();
});

function swap(part, successor) {
  const focus = part.contains(document.activeElement) ? document.activeElement.id : "";
  successor.pristine = successor.cloneNode(true);
  const folds = part.querySelectorAll("details");
  const successors = successor.querySelectorAll("details");
  if (folds.length === successors.length) folds.forEach((fold, index) => (successors[index].open = fold.open));
  showTimes(successor);
  part.replaceWith(successor);
  if (focus) document.getElementById(focus)?.focus();
}

function listen(address) {
  const standing = document.getElementById("live");
  let source;
  const say = (text, isOn) => {
    if (standing && standing.textContent !== text) standing.textContent = text;
    standing?.classList.toggle("on", isOn);
  };
  const open = () => {
    if (source) return;
    source = new EventSource(address);
    source.addEventListener("open", () => say(standing?.dataset.on ?? "", true));
    // The first of them comes with the connection, for what changed before it.
    source.addEventListener("changed", refresh);
    source.addEventListener("error", () => say(standing?.dataset.lost ?? "", false));
  };
  const close = () => {
    source?.close();
    source = undefined;
    clearTimeout(later);
  };
  // A page that nobody looks at holds no connection: browsers allow six to one host.
  const follow = () => (document.visibilityState === "visible" ? open() : close());
  const listening = new AbortController();
  const { signal } = listening;
  document.addEventListener("visibilitychange", follow, { signal });
  addEventListener("pagehide", close, { signal });
  addEventListener("pageshow", follow, { signal });
  hush = () => {
    listening.abort();
    close();
    say("", false);
  };
  follow();
}

// A button with data-confirm names a dialog that asks first; without script the form asks on a page of its own.
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog?.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
  }
  const closer = event.target.closest?.("[data-closes]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog")?.close();
  }
});

// A statement is sent from the keyboard. What is said of that is said where it is so.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches?.("[data-sends]")) return;
  event.preventDefault();
  event.target.form?.requestSubmit();
});
for (const each of document.querySelectorAll("[data-scripted]")) each.hidden = false;

// What changes something is sent once.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) {
    event.preventDefault();
    return;
  }
  event.target.dataset.sent = "1";
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// On a phone the menu scrolls: it begins where the viewer is. (`scroll-initial-target`, where the browser knows it, has
// done so before anything was shown.)
const place = document.querySelector(".menu [aria-current]");
const menu = place?.closest("ul");
if (menu && menu.scrollLeft === 0) {
  const isBeyond = place.getBoundingClientRect().right > menu.getBoundingClientRect().right;
  if (isBeyond) menu.scrollLeft = place.getBoundingClientRect().left - menu.getBoundingClientRect().left - 64;
}

for (const part of document.querySelectorAll("[data-part]")) part.pristine = part.cloneNode(true);
showTimes(document);
if (document.body.dataset.live) listen(document.body.dataset.live);
