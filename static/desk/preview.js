// The page as readers will see it, beside the form, a moment after each pause.
import { follow, takeLines } from "./follow.js";
import { fit, shine } from "./frame.js";
import { patch } from "./patch.js";

const PAUSE_MS = 100;
const PATIENCE_MS = 15_000;

const section = document.querySelector("[data-preview-address]");
const form = section?.closest("form");
if (form) start();

function start() {
  const frame = section.querySelector("iframe");
  const state = section.querySelector("[role=status]");
  const address = section.dataset.previewAddress;
  const names = section.dataset.previewFields.split(" ").filter(Boolean);
  const text = section.dataset.previewText ? form.querySelector(section.dataset.previewText) : null;
  let timer = 0;
  let asked = 0;
  let shown = 0;
  let failed = 0;

  section.hidden = false;
  document.body.classList.add("has-preview");
  const part = document.querySelector(section.dataset.previewBeside || "none");
  if (part) standBeside(part);
  const cursor = text && follow(text, frame);
  group("width", () => fit(frame, pressed("width")));
  group("scheme", () => shine(frame, pressed("scheme")));
  group("state", () => {
    frame.contentWindow.scrollTo(0, 0);
    update();
  });
  if (matchMedia("(prefers-color-scheme: dark)").matches) press(section.querySelector("button[data-scheme=dark]"));
  new ResizeObserver(() => fit(frame, pressed("width"))).observe(frame.parentElement);

  frame.addEventListener("load", () => {
    // Whatever led the frame elsewhere, it comes back.
    if (frame.contentDocument?.location.pathname !== address) return (frame.src = address);
    shine(frame, pressed("scheme"));
    cursor?.listen();
    update();
  });
  frame.src = address;
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  window.addEventListener("online", later);
  // Django's autocomplete announces changes through jQuery alone.
  if (window.django?.jQuery) window.django.jQuery(form).on("change", "select", later);

  function standBeside(part) {
    const both = document.createElement("div");
    both.className = "desk-side-by-side";
    part.replaceWith(both);
    both.append(part, section);
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(update, PAUSE_MS);
  }

  async function update() {
    const number = ++asked;
    try {
      const page = await ask();
      if (number < shown) return; // a newer one is there already
      show(page);
      shown = number;
      if (number > failed) say("");
    } catch (error) {
      if (number < shown) return;
      failed = Math.max(failed, number);
      say(`This is the last good preview. ${sentence(error)}`);
    }
  }

  async function ask() {
    const answer = await fetch(address, { method: "POST", body: content(), signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok || answer.redirected) throw new Error(reason(answer));
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  function content() {
    const whole = new FormData(form);
    const data = names.length ? new FormData() : whole;
    for (const name of names) data.set(name, whole.get(name) ?? "");
    data.set("csrfmiddlewaretoken", whole.get("csrfmiddlewaretoken"));
    if (pressed("state")) data.set("state", pressed("state"));
    return data;
  }

  function show(page) {
    const old = frame.contentDocument.querySelector("main");
    const fresh = page.querySelector("main");
    if (!old || !fresh) throw new Error("The server sent a page without a text.");
    // The focus stays with who is typing.
    fresh.querySelectorAll("[autofocus]").forEach((each) => each.removeAttribute("autofocus"));
    const lines = takeLines(fresh);
    patch(old, fresh);
    cursor?.renew(old, lines);
  }

  function say(words) {
    state.textContent = words;
    section.classList.toggle("is-stale", words !== "");
  }

  function group(name, then) {
    section.querySelectorAll(`button[data-${name}]`).forEach((button) => {
      button.addEventListener("click", () => {
        press(button);
        then();
      });
    });
  }

  function pressed(name) {
    return section.querySelector(`button[data-${name}][aria-pressed=true]`)?.dataset[name];
  }
}

// One of its group is pressed.
function press(button) {
  button.parentElement.querySelectorAll("button").forEach((each) => {
    each.setAttribute("aria-pressed", String(each === button));
  });
}

function sentence(error) {
  if (error.name === "TimeoutError") return "The server takes too long.";
  if (error instanceof TypeError) return "The server can’t be reached.";
  return error.message;
}

function reason(answer) {
  if (answer.redirected || answer.status === 403) return "You are no longer signed in: sign in again in another tab.";
  if (answer.status === 422) return "A field is too long, or the date is none.";
  return `The server answered ${answer.status}.`;
}
