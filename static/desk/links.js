// A pasted address becomes a link with the title of the page it leads to. The bare address
// stands there at once; what the server finds out takes its place, if it is still there.
import { insertText, replaceRange } from "./text.js";

const ADDRESS = /^https?:\/\/[^\s<>"\\]+$/;
const STARTS_LINE = /^\s*(?:(?:[-*+]|\d+[.)])\s+|>\s*)*$/;

const box = document.querySelector("[data-link-address]");
const field = document.querySelector("#id_body");
if (box && field) start();

function start() {
  const said = box.querySelector("[role=status]");
  const choice = box.querySelector("[data-choice]");
  let number = 0;
  let choose = null;
  let isChoosing = false;

  (field.closest(".markdown-desk") ?? field).after(box);
  box.hidden = false;
  field.addEventListener("paste", paste);
  field.addEventListener("input", (event) => {
    if (event.inputType !== "insertFromPaste") settle();
  });
  choice.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-as]");
    if (button && choose) choose(button.dataset.as);
  });

  function paste(event) {
    const url = (event.clipboardData?.getData("text/plain") ?? "").trim();
    if (event.defaultPrevented || !ADDRESS.test(url)) return;
    event.preventDefault();
    settle();
    const { selectionStart, selectionEnd, value } = field;
    const selected = value.slice(selectionStart, selectionEnd);
    const words = selected.trim() && !/\n/.test(selected) && !ADDRESS.test(selected.trim()) ? selected.trim() : "";
    const lineStart = value.lastIndexOf("\n", selectionStart - 1) + 1;
    const before = value.slice(lineStart, selectionStart);
    const behind = value.slice(selectionEnd).split("\n", 1)[0];
    const titled = words === "" && STARTS_LINE.test(before) && behind.trim() === "";
    const text = words ? linkTo(words, url) : url;
    insertText(field, text);
    look({ url, words, titled, alone: titled && before.trim() === "", at: selectionStart, text });
  }

  async function look(pasted) {
    const mine = ++number;
    say("Looking it up …");
    const found = await ask(pasted.url);
    // Offline or refused: the bare link stays, and nobody is interrupted.
    if (mine === number) say("");
    if (!found) return;
    const text = finished(pasted, found);
    const place = text === pasted.text ? placeOf(pasted) : put(pasted, text);
    if (mine !== number) return;
    tell(found);
    if (place !== null && pasted.alone && found.title) offer({ place, text, found });
  }

  async function ask(url) {
    const data = new FormData();
    data.set("url", url);
    data.set("csrfmiddlewaretoken", field.form.elements.csrfmiddlewaretoken.value);
    try {
      const answer = await fetch(box.dataset.linkAddress, { method: "POST", body: data });
      return answer.ok && !answer.redirected ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  function finished(pasted, found) {
    if (pasted.words) return linkTo(pasted.words, found.url);
    return pasted.titled && found.title ? linkTo(found.title, found.url) : found.url;
  }

  // Where what was pasted stands now; null where it was changed.
  function placeOf({ at, text }) {
    if (field.value.slice(at, at + text.length) === text) return at;
    const first = field.value.indexOf(text);
    return first >= 0 && first === field.value.lastIndexOf(text) ? first : null;
  }

  // The editor goes on writing where they are, in this field or another.
  function put(pasted, text) {
    const place = placeOf(pasted);
    if (place === null) return null;
    const elsewhere = document.activeElement !== field ? document.activeElement : null;
    const { selectionStart, selectionEnd, scrollTop } = field;
    const end = place + pasted.text.length;
    const moved = (here) => (here >= end ? here + text.length - pasted.text.length : Math.min(here, place));
    replaceRange(field, place, end, text);
    field.setSelectionRange(moved(selectionStart), moved(selectionEnd));
    field.scrollTop = scrollTop;
    elsewhere?.focus?.();
    return place;
  }

  // On a line of its own, a link may be a card, and a paper may stand as a paper.
  function offer({ place, text, found }) {
    const forms = { link: text, card: `::: card\n${text}\n:::` };
    if (found.paper) forms.paper = `::: papers\n- ${found.paper.slug}: \n:::`;
    let current = { at: place, text };
    choice.querySelector("[data-as=paper]").hidden = !found.paper;
    choice.hidden = false;
    press("link");
    choose = (as) => {
      isChoosing = true;
      const at = put(current, forms[as]);
      isChoosing = false;
      if (at === null) return settle();
      current = { at, text: forms[as] };
      press(as);
    };
  }

  function press(as) {
    choice.querySelectorAll("button").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.as === as)));
  }

  function settle() {
    if (isChoosing) return;
    choice.hidden = true;
    choose = null;
  }

  function tell(found) {
    said.replaceChildren();
    const notes = [];
    if (found.linked_in.length) {
      const links = found.linked_in.flatMap((issue, n) => [n ? ", " : "", anchor(issue)]);
      notes.push(["Already linked in ", ...links, "."]);
    }
    if (found.state === "broken") notes.push([`This link is broken. ${found.problem}`.trim()]);
    if (found.paper?.is_new) notes.push([`“${found.paper.title}” is now a draft in the catalogue.`]);
    else if (found.paper) notes.push([`“${found.paper.title}” is in the catalogue.`]);
    const origin = [found.site, found.date].filter(Boolean).join(", ");
    if (found.title && origin) notes.push([`${origin}.`]);
    notes.forEach((note, n) => said.append(n ? " " : "", ...note));
  }

  function say(words) {
    said.textContent = words;
  }
}

function anchor({ title, url }) {
  const link = document.createElement("a");
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = title;
  return link;
}

// Markdown of a link, whatever its words and its address hold.
export function linkTo(words, url) {
  const text = words.replace(/\s+/g, " ").trim().replace(/[\\[\]*_`<>]/g, "\\$&");
  return /[()\s]/.test(url) ? `[${text}](<${url}>)` : `[${text}](${url})`;
}
