// Papers: saving them to a list that the browser keeps, and copying citations.
// Without us the buttons are not shown, and files can be downloaded all the same.

const KEY = "superfast.reading-list";
const NAME = /^[-\w]{1,50}\/[-\w]{1,100}$/;
const MOST = 300;

// The list ---------------------------------------------------------------------

function read() {
  try {
    const list = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(list) ? list.filter((name) => NAME.test(name)) : [];
  } catch {
    return [];
  }
}

function write(list) {
  try {
    localStorage.setItem(KEY, JSON.stringify(list));
    return true;
  } catch {
    return false;
  }
}

function addressOf(list) {
  return list.length ? `/papers/saved/?papers=${list.join(",")}` : "/papers/saved/";
}

function toggle(button) {
  const name = button.dataset.save;
  const list = read();
  const has = list.includes(name);
  if (!has && list.length >= MOST) {
    say(`The list is full: it holds ${MOST} papers.`);
    return;
  }
  const kept = write(has ? list.filter((each) => each !== name) : [...list, name]);
  const done = has ? "Taken off your reading list." : "Saved to your reading list.";
  say(kept ? done : "Your browser keeps nothing for us.");
  show();
}

function show() {
  const list = read();
  for (const button of document.querySelectorAll("[data-save]")) {
    button.hidden = false;
    button.setAttribute("aria-pressed", String(list.includes(button.dataset.save)));
  }
  for (const button of document.querySelectorAll("[data-copy], [data-copy-from]")) {
    button.hidden = !navigator.clipboard;
  }
  for (const link of document.querySelectorAll("[data-saved-count]")) {
    link.textContent = list.length ? `Reading list (${list.length})` : "Reading list";
    link.href = addressOf(list);
  }
}

// The list's own page: without names in its address it is this browser's list.
function showList() {
  const page = document.querySelector("[data-saved-list]");
  if (!page) {
    return;
  }
  const mine = read();
  const shown = page.dataset.savedList.split(",").filter(Boolean);
  if (!location.search && mine.length) {
    location.replace(addressOf(mine));
    return;
  }
  const isMine = shown.every((name) => mine.includes(name));
  page.querySelector("[data-saved-shared]").hidden = isMine;
  page.querySelector("[data-saved-title]").textContent = isMine ? "Your reading list" : "A reading list";
  for (const link of page.querySelectorAll("[data-saved-without]")) {
    link.hidden = isMine;
  }
  page.querySelector("[data-saved-add]")?.addEventListener("click", () => {
    const all = [...new Set([...read(), ...shown])].slice(0, MOST);
    if (write(all)) {
      location.assign(addressOf(all));
    } else {
      say("Your browser keeps nothing for us.");
    }
  });
}

// Copying ----------------------------------------------------------------------

async function copy(button) {
  const source = button.closest(".cite-style")?.querySelector("[data-copied]");
  try {
    if (source) {
      await copyMarked(source);
    } else {
      const response = await fetch(button.dataset.copyFrom);
      await navigator.clipboard.writeText(await response.text());
    }
    say("Copied.");
  } catch {
    say("Your browser does not let us copy: download it instead.");
  }
}

// As text, and with its italics for who pastes into a document.
async function copyMarked(source) {
  const text = source.textContent.trim();
  const kinds = { "text/plain": text };
  if (!source.matches(".cite-code")) {
    kinds["text/html"] = source.innerHTML.trim();
  }
  const blobs = Object.entries(kinds).map(([type, body]) => [type, new Blob([body], { type })]);
  await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
}

// Keys and buttons ---------------------------------------------------------------

const status = document.createElement("p");
status.setAttribute("role", "status");
status.className = "papers-status";
document.querySelector("main").append(status);
let waiting;

function say(text) {
  status.textContent = text;
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    status.textContent = "";
  }, 4000);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-save], [data-copy], [data-copy-from]");
  if (button?.dataset.save) {
    toggle(button);
  } else if (button) {
    copy(button);
  }
});

// The paper that is meant: the page's own, or the one of the list that has the focus.
function meant() {
  return document.querySelector(".paper-page") ?? document.activeElement?.closest(".paper");
}

function openFolded(folded) {
  folded.open = true;
  folded.querySelector("summary").focus();
}

function cite() {
  const here = meant()?.querySelector("[data-cite]");
  const link = meant()?.querySelector(".paper-title a");
  const list = document.querySelector("#take");
  if (here) {
    openFolded(here);
  } else if (link) {
    location.assign(`${link.href}#cite`);
  } else if (list) {
    openFolded(list);
  }
}

document.addEventListener("keydown", (event) => {
  const here = event.target;
  const types = here.isContentEditable || here.matches?.("input:not([type=checkbox]), textarea, select");
  if (types || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) {
    return;
  }
  if (event.key === "c") {
    event.preventDefault();
    cite();
  } else if (event.key === "s") {
    const button = meant()?.querySelector("[data-save]");
    if (button) {
      event.preventDefault();
      toggle(button);
    }
  }
});

// A list that is put in place later has buttons, too.
const later = document.querySelector("[data-catalogue]");
if (later) {
  new MutationObserver(show).observe(later, { childList: true });
}
addEventListener("storage", show);
show();
showList();
// Where an address leads to a folded part, it opens; once the browser has gone there,
// for it takes the focus away on its way.
const named = document.getElementById(location.hash.slice(1));
if (named?.matches("#cite, #take")) {
  named.open = true;
  addEventListener("load", () => setTimeout(openFolded, 0, named));
}
