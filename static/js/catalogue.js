// The catalogue in place: a filter, an order, words or a page change the list without a
// new page. Each is a page of its own, of which we put a part in place: without us, and
// where asking fails, links and the form do the same.

const list = document.querySelector("[data-catalogue]");
const status = document.createElement("p");
status.setAttribute("role", "status");
status.className = "visually-hidden";
list.after(status);
let asking;
let waiting;

async function show(url, { push = true, focus = "" } = {}) {
  asking?.abort();
  asking = new AbortController();
  list.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(url, { signal: asking.signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = page.querySelector("[data-catalogue]");
    if (!found) {
      throw new Error("no list");
    }
    place(found);
    if (push) {
      history.pushState(null, "", url);
    }
    document.title = page.title;
    status.textContent = list.querySelector("#results").textContent;
    if (focus) {
      refocus(focus);
    }
    list.removeAttribute("aria-busy");
  } catch (error) {
    if (error.name !== "AbortError") {
      location.assign(url);
    }
  }
}

// What was unfolded stays so, and who types goes on typing.
function place(found) {
  const open = [...list.querySelectorAll("details")].map((each) => each.open && each.querySelector("summary").textContent);
  const box = list.querySelector("input[type=search]");
  const typing = document.activeElement === box ? box : null;
  for (const each of found.querySelectorAll("details")) {
    each.open = open.includes(each.querySelector("summary").textContent);
  }
  list.replaceChildren(...found.childNodes);
  if (typing) {
    const fresh = list.querySelector("input[type=search]");
    fresh.value = typing.value;
    fresh.focus();
    fresh.setSelectionRange(fresh.value.length, fresh.value.length);
  }
}

// The same link where there is one still, else the heading that says what is shown.
function refocus(label) {
  const links = [...list.querySelectorAll("a")];
  const same = links.find((link) => labelOf(link) === label && !link.matches("[rel=next], [rel=prev]"));
  const heading = list.querySelector("#results");
  (same ?? heading).focus({ preventScroll: Boolean(same) });
}

// Without its count, which changes with the choice.
function labelOf(link) {
  return (link.querySelector("span:not(.count, [aria-hidden], .visually-hidden)") ?? link).textContent;
}

list.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  const own = link?.pathname === location.pathname && !link.download;
  if (!own || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
    return;
  }
  event.preventDefault();
  show(link.href, { focus: labelOf(link) });
});

function asked(form) {
  const params = new URLSearchParams(new FormData(form));
  for (const [name, value] of [...params]) {
    if (!value) {
      params.delete(name);
    }
  }
  return `${form.action}${params.size ? "?" : ""}${params}`;
}

list.addEventListener("submit", (event) => {
  if (event.target.matches("[data-catalogue-form]")) {
    event.preventDefault();
    clearTimeout(waiting);
    show(asked(event.target));
  }
});

list.addEventListener("input", (event) => {
  const form = event.target.closest("[data-catalogue-form]");
  clearTimeout(waiting);
  if (form && event.target.value.trim().length !== 1) {
    waiting = setTimeout(() => show(asked(form), { push: false }).then(() => {
      history.replaceState(null, "", asked(form));
    }), 200);
  }
});

addEventListener("popstate", () => show(location.href, { push: false }));

// j and k go from paper to paper.
document.addEventListener("keydown", (event) => {
  const here = event.target;
  const types = here.isContentEditable || here.matches?.("input, textarea, select");
  const step = { j: 1, k: -1 }[event.key];
  if (!step || types || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) {
    return;
  }
  const titles = [...list.querySelectorAll("[data-papers] .paper-title a")];
  const at = titles.findIndex((title) => title.closest(".paper").contains(document.activeElement));
  const next = at === -1 ? titles.at(step === 1 ? 0 : -1) : titles[at + step];
  if (next) {
    event.preventDefault();
    next.focus();
  }
});
