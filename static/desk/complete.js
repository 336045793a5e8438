// `[[` finds past issues and papers: type, go through them with the arrows, take one with
// Enter. Tab is left alone. In `::: papers` what is taken is an item, elsewhere a link.
import { containerAt } from "./commands.js";
import { lineOf, placeOf, replaceRange } from "./text.js";

const PAUSE_MS = 120;
const BEGUN = /\[\[([^[\]\n]{0,80})$/;
let serial = 0;

export function startCompleting(field, address) {
  if (!address) return;
  const list = document.createElement("ul");
  const news = document.createElement("p");
  list.id = `desk-found-${(serial += 1)}`;
  list.className = "desk-found";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Issues and papers");
  news.className = "visually-hidden";
  news.setAttribute("role", "status");
  field.after(list, news);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  let found = [];
  let chosen = -1;
  let timer = 0;
  let asked = 0;
  let refused = -1;

  field.addEventListener("input", later);
  field.addEventListener("click", () => close());
  field.addEventListener("blur", () => close());
  field.addEventListener("scroll", () => close());
  // Before the editor's own keys: Enter takes, and begins no line.
  field.addEventListener("keydown", onKey, { capture: true });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) pick([...list.children].indexOf(option));
  });

  function begun() {
    if (field.selectionStart !== field.selectionEnd) return null;
    const line = lineOf(field);
    const match = field.value.slice(line.start, field.selectionStart).match(BEGUN);
    return match && { line, words: match[1], start: field.selectionStart - match[0].length };
  }

  function later() {
    clearTimeout(timer);
    const here = begun();
    if (!here) refused = -1;
    if (!here || here.start === refused) return close();
    timer = setTimeout(() => look(here), PAUSE_MS);
  }

  async function look({ line, words }) {
    const number = (asked += 1);
    const isPapers = containerAt(field, line.number) === "papers";
    const query = new URLSearchParams({ q: words, kind: isPapers ? "paper" : "" });
    try {
      const answer = await fetch(`${address}?${query}`);
      if (number !== asked || !begun()) return;
      if (!answer.ok || answer.redirected) throw new Error();
      show((await answer.json()).results, isPapers);
    } catch {
      if (number === asked) close("Nothing could be looked up.");
    }
  }

  function show(results, isPapers) {
    found = results.map((each) => ({ ...each, text: isPapers ? `${each.slug}: ` : each.markdown, isPapers }));
    list.replaceChildren(...found.map(option));
    if (!found.length) return close("Nothing is found.");
    news.textContent = `${found.length} found. Arrows choose, Enter takes.`;
    list.hidden = false;
    place();
    choose(0);
  }

  function option(each, index) {
    const item = document.createElement("li");
    const context = document.createElement("span");
    item.id = `${list.id}-${index}`;
    item.setAttribute("role", "option");
    item.append(each.title, " ", context);
    context.className = "desk-found-context";
    context.textContent = each.context;
    return item;
  }

  // Under the line that is written, as far as there is room.
  function place() {
    const { top, left, height } = placeOf(field, begun()?.start ?? field.selectionStart);
    const x = Math.min(left, Math.max(0, field.clientWidth - list.offsetWidth - 4));
    list.style.top = `${field.offsetTop + top + height + 4 - field.scrollTop}px`;
    list.style.left = `${field.offsetLeft + x}px`;
    if (list.getBoundingClientRect().bottom > innerHeight) list.scrollIntoView({ block: "nearest" });
  }

  function choose(index) {
    chosen = (index + found.length) % found.length;
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === chosen)));
    list.children[chosen].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", list.children[chosen].id);
  }

  function close(words = "") {
    clearTimeout(timer);
    asked += 1;
    list.hidden = true;
    found = [];
    field.removeAttribute("aria-activedescendant");
    if (news.textContent !== words) news.textContent = words;
  }

  function onKey(event) {
    if (list.hidden || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose(chosen + step);
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) pick(chosen);
    else if (event.key === "Escape") {
      refused = begun()?.start ?? -1;
      close();
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  function pick(index) {
    const here = begun();
    const taken = found[index];
    close();
    if (!here || !taken) return;
    const closing = field.value.slice(field.selectionStart).match(/^\]{0,2}/)[0].length;
    const isBare = taken.isPapers && !field.value.slice(here.line.start, here.start).trim();
    replaceRange(field, here.start, field.selectionStart + closing, (isBare ? "- " : "") + taken.text);
  }
}
