// The editor's keys and buttons. Tab is not among them: it leaves the field, as everywhere.
import { commands, continueList } from "./commands.js";
import { startCompleting } from "./complete.js";
import { startPasting } from "./paste.js";

const IS_MAC = /Mac|iP(hone|ad)/.test(navigator.platform);
const PLACE = "desk-place";

for (const desk of document.querySelectorAll(".markdown-desk")) start(desk);

function start(desk) {
  const field = desk.querySelector("textarea");
  const bar = desk.querySelector("[role=toolbar]");
  const keys = new Map();
  const buttons = [...bar.querySelectorAll("button")];
  const more = bar.querySelector("[aria-expanded]");
  bar.hidden = false;
  buttons.forEach(prepare);
  rove(bar, buttons);
  more.addEventListener("click", () => open(more.getAttribute("aria-expanded") !== "true"));
  bar.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || more.getAttribute("aria-expanded") !== "true") return;
    open(false);
    more.focus();
  });
  field.addEventListener("keydown", onKey);
  field.form.addEventListener("keydown", (event) => {
    if (!isMod(event) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    save(field);
  });
  startPasting(field, desk.dataset.convertAddress);
  startCompleting(field, desk.dataset.findAddress);
  comeBack(field);

  function prepare(button) {
    const shortcut = button.getAttribute("aria-keyshortcuts");
    if (shortcut) {
      keys.set(shortcut, button);
      button.title += ` (${shown(shortcut)})`;
      if (IS_MAC) button.setAttribute("aria-keyshortcuts", shortcut.replace("Control", "Meta"));
    }
    // The selection stays where it is while a button is pressed.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    if (button.dataset.command) button.addEventListener("click", () => run(button));
  }

  function run(button) {
    open(false);
    commands[button.dataset.command](field);
  }

  function onKey(event) {
    if (event.isComposing || event.getModifierState("AltGraph")) return;
    if (event.key === "Enter" && !event.shiftKey && !isMod(event) && !event.altKey && continueList(field)) {
      return event.preventDefault();
    }
    const button = keys.get(pressed(event));
    if (!button) return;
    event.preventDefault();
    if (button.dataset.command) return run(button);
    open(true);
    bar.querySelector(".desk-blocks button").focus();
  }

  function open(isOpen) {
    more.setAttribute("aria-expanded", String(isOpen));
    bar.querySelector(".desk-blocks").hidden = !isOpen;
  }
}

function isMod(event) {
  return IS_MAC ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
}

// The pressed keys as `aria-keyshortcuts` writes them; with Alt, by the place of the key.
function pressed(event) {
  if (!isMod(event)) return "";
  const place = event.code.replace(/^(Key|Digit)/, "");
  const key = event.altKey || event.shiftKey ? place : event.key.toUpperCase();
  return ["Control", event.altKey && "Alt", event.shiftKey && "Shift", key].filter(Boolean).join("+");
}

function shown(shortcut) {
  if (!IS_MAC) return shortcut.replace("Control", "Ctrl");
  return shortcut.replace("Control", "⌘").replace("Alt", "⌥").replace("Shift", "⇧").replaceAll("+", "");
}

// One stop for Tab; the arrows go from button to button.
function rove(bar, buttons) {
  buttons.forEach((button, index) => (button.tabIndex = index === 0 ? 0 : -1));
  bar.addEventListener("focusin", (event) => {
    buttons.forEach((button) => (button.tabIndex = button === event.target ? 0 : -1));
  });
  bar.addEventListener("keydown", (event) => {
    const shownOnes = buttons.filter((button) => button.offsetParent);
    const here = shownOnes.indexOf(document.activeElement);
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: -1 }[event.key];
    if (here < 0 || next === undefined) return;
    event.preventDefault();
    shownOnes.at(next % shownOnes.length).focus();
  });
}

// Whoever saves in the background takes the event; else the form is sent, and the place kept.
function save(field) {
  const wish = new CustomEvent("desk:save", { bubbles: true, cancelable: true });
  if (!field.form.dispatchEvent(wish)) return;
  const { selectionStart: start, selectionEnd: end, scrollTop } = field;
  sessionStorage.setItem(PLACE, JSON.stringify({ start, end, scrollTop, top: scrollY, isWriting: document.activeElement === field }));
  field.form.requestSubmit(field.form.querySelector("input[name=_continue]"));
}

function comeBack(field) {
  const place = JSON.parse(sessionStorage.getItem(PLACE));
  sessionStorage.removeItem(PLACE);
  if (!place) return;
  if (place.isWriting) field.focus({ preventScroll: true });
  field.setSelectionRange(place.start, place.end);
  field.scrollTop = place.scrollTop;
  scrollTo(0, place.top);
}
