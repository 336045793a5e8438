// Reading an issue: its contents follow, its notes open beside the text, and a slash
// goes to the search. Without us the links of both lead where they say.

const links = new Map();
for (const link of document.querySelectorAll(".contents a")) {
  const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (heading) {
    links.set(heading, link);
  }
}

let current;

function follow() {
  const line = innerHeight / 3;
  let here;
  for (const heading of links.keys()) {
    if (heading.getBoundingClientRect().top < line) {
      here = heading;
    }
  }
  if (here !== current) {
    links.get(current)?.removeAttribute("aria-current");
    links.get(here)?.setAttribute("aria-current", "true");
    current = here;
  }
}

if (links.size) {
  let waiting = false;
  addEventListener("scroll", () => {
    if (!waiting) {
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        follow();
      });
    }
  }, { passive: true });
  follow();
}

function open(link) {
  const source = document.getElementById(link.hash.slice(1));
  const text = source?.querySelector(".flow");
  if (!text) {
    return false;
  }
  const note = document.createElement("aside");
  note.className = "sidenote";
  note.id = `${link.id}-note`;
  note.setAttribute("role", "note");
  note.setAttribute("aria-label", "Footnote");
  note.append(...text.cloneNode(true).childNodes);
  note.querySelector(".backrefs")?.remove();
  for (const part of note.querySelectorAll("[id]")) {
    part.removeAttribute("id");
  }
  const block = link.closest(".table-scroll, p, ul, ol, blockquote, figure, h2, h3, h4") ?? link;
  block.after(note);
  link.setAttribute("aria-expanded", "true");
  link.setAttribute("aria-controls", note.id);
  return true;
}

function close(link) {
  document.getElementById(`${link.id}-note`)?.remove();
  link.setAttribute("aria-expanded", "false");
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".footnote-ref a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) {
    return;
  }
  if (link.getAttribute("aria-expanded") === "true") {
    close(link);
    event.preventDefault();
  } else if (open(link)) {
    event.preventDefault();
  }
});

document.addEventListener("keydown", (event) => {
  const here = event.target;
  if (event.key === "Escape") {
    document.querySelectorAll('.footnote-ref a[aria-expanded="true"]').forEach(close);
  }
  const types = here.isContentEditable || here.matches?.("input, textarea, select");
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !types) {
    event.preventDefault();
    location.assign("/search/#q");
  }
});

// What was read stays readable without a network.
navigator.serviceWorker?.register("/offline.js").catch(() => {});
