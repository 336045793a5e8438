// Checklist and links to fill, a moment after each pause; each line leads to its place.
import { goToLine } from "./text.js";

const PAUSE_MS = 400;
const panel = document.querySelector("#panel-checklist");
const tray = document.querySelector("#panel-tray");
const form = panel?.closest("form");
if (form) start();

function start() {
  const address = panel.dataset.checklistAddress;
  const names = panel.dataset.checklistFields.split(" ");
  const state = panel.querySelector(".checklist-state");
  let timer = 0;
  let asked = 0;
  let shown = 0;
  let wasLeft = false;

  form.addEventListener("input", (event) => {
    // What is typed into a row of the tray is not in the text yet.
    if (!event.target.closest(".desk-panel")) later();
  });
  form.addEventListener("change", (event) => {
    if (!event.target.closest(".desk-panel")) later();
  });
  // Django's autocomplete announces changes through jQuery alone.
  if (window.django?.jQuery) window.django.jQuery(form).on("change", "select", later);
  document.addEventListener("desk:check", update);
  document.addEventListener("click", (event) => {
    const place = event.target.closest("a.checklist-place");
    if (!place || !form.contains(place)) return;
    if (place.target) wasLeft = true;
    else go(event, place);
  });
  // Who comes back from the quiz's own tab has put something right there.
  document.addEventListener("visibilitychange", () => {
    if (wasLeft && !document.hidden) update();
  });

  function later() {
    clearTimeout(timer);
    timer = setTimeout(update, PAUSE_MS);
  }

  async function update() {
    clearTimeout(timer);
    const number = ++asked;
    try {
      const answer = await fetch(address, { method: "POST", body: content() });
      const text = await answer.text();
      if (number < shown) return; // a newer one is there already
      if (!answer.ok || answer.redirected) throw new Error(reason(answer));
      shown = number;
      show(new DOMParser().parseFromString(text, "text/html"));
      state.textContent = "";
    } catch (error) {
      if (number === asked) state.textContent = `This is the last checklist. ${error.message}`;
    }
  }

  function content() {
    const whole = new FormData(form);
    const data = new FormData();
    for (const name of names) data.set(name, whole.get(name) ?? "");
    data.set("csrfmiddlewaretoken", whole.get("csrfmiddlewaretoken"));
    return data;
  }

  function reason(answer) {
    if (answer.redirected || answer.status === 403) return "You are no longer signed in: sign in again in another tab.";
    if (answer.status === 422) return "A field is too long, or the date is none.";
    return `The server answered ${answer.status}.`;
  }

  function show(page) {
    const lines = page.querySelector("[data-part=checklist]");
    const rows = page.querySelector("[data-part=tray]");
    panel.querySelector("[data-part=checklist]").replaceChildren(...lines.childNodes);
    panel.dataset.count = lines.dataset.count;
    sayOfQuiz();
    if (!tray) return;
    keepRows(tray.querySelector("[data-part=tray]"), rows);
    tray.dataset.count = rows.dataset.count;
    tray.dispatchEvent(new CustomEvent("desk:rows"));
  }
}

// Who comes back from the quiz's window looks at the choice, which may be far from the list.
function sayOfQuiz() {
  const place = form.querySelector(".field-quiz");
  if (!place) return;
  const count = panel.querySelectorAll("[data-quiz][data-level=error]").length;
  let line = place.querySelector(".quiz-unready");
  if (!line) {
    line = document.createElement("p");
    line.className = "quiz-unready";
    line.setAttribute("role", "status");
    place.append(line);
  }
  line.textContent = count
    ? `${count} ${count === 1 ? "thing keeps" : "things keep"} this quiz from its readers: the checklist names them.`
    : "";
}

// Rows that are still there stay, with what is being typed into them.
function keepRows(box, fresh) {
  const old = [...box.querySelectorAll(".tray-row")];
  const list = box.querySelector("ul.tray");
  const wanted = [...fresh.querySelectorAll(".tray-row")].map((row) => {
    const kept = take(old, row);
    if (!kept) return row;
    kept.dataset.key = row.dataset.key;
    kept.querySelector(".tray-words").replaceWith(row.querySelector(".tray-words"));
    return kept;
  });
  for (const row of list.querySelectorAll(".tray-row")) if (!wanted.includes(row)) row.remove();
  // Moving a row would take the focus from it: only those that stand elsewhere are moved.
  wanted.forEach((row, index) => {
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
  });
  box.querySelector(".tray-empty")?.remove();
  const empty = fresh.querySelector(".tray-empty");
  if (empty) box.prepend(empty);
}

// The row of the same place; of several alike, one of which was filled, the next one.
function take(rows, fresh) {
  const base = (row) => row.dataset.key.replace(/\|\d+$/, "");
  const same = rows.filter((row) => row.dataset.state === fresh.dataset.state);
  const found = same.find((row) => row.dataset.key === fresh.dataset.key) ?? same.find((row) => base(row) === base(fresh));
  if (found) rows.splice(rows.indexOf(found), 1);
  return found;
}

function go(event, place) {
  const field = document.querySelector(`#id_${place.dataset.field}`);
  if (!field) return;
  event.preventDefault();
  if (place.dataset.line && place.dataset.field === "body") {
    goToLine(field, Number(place.dataset.line));
  } else {
    field.scrollIntoView({ block: "center" });
    // Django's autocomplete hides the select and shows a box beside it.
    (field.nextElementSibling?.querySelector?.(".select2-selection") ?? field).focus();
  }
}
