// Links to fill: paste an address, Tab, and the next row is ready. The text is changed
// in place, through the browser's editing commands, so that undo takes it back.
import { replaceRange } from "./text.js";

const panel = document.querySelector("#panel-tray");
const form = panel?.closest("form");
const field = document.querySelector("#id_body");
if (form && field) start();

function start() {
  ready();
  panel.addEventListener("desk:rows", ready);
  panel.addEventListener("keydown", (event) => {
    const row = event.target.closest(".tray-row");
    const isEnter = event.key === "Enter" && event.target.matches("input");
    if (isEnter) event.preventDefault(); // the form is not sent by it
    if (!row || event.shiftKey) return;
    if (event.target.matches("[data-reason]") && isEnter) return waive(row);
    if (!event.target.matches("[data-url]") || !(isEnter || event.key === "Tab")) return;
    const inputs = [...row.querySelectorAll("[data-url]")];
    const next = inputs[inputs.indexOf(event.target) + 1];
    if (!event.target.value.trim() && event.key === "Tab") return;
    event.preventDefault();
    if (next && !next.value.trim() && addresses(row).length < inputs.length) next.focus();
    else if (addresses(row).length) fill(row);
  });
  panel.addEventListener("click", (event) => {
    const row = event.target.closest(".tray-row");
    if (event.target.closest("[data-waive]")) waive(row);
    if (event.target.closest("[data-take-back]")) takeBack(row);
  });
}

// What needs this script is shown by it.
function ready() {
  panel.querySelectorAll(".tray-fields").forEach((part) => { part.hidden = false; });
  const may = Boolean(panel.dataset.waiveAddress);
  panel.querySelectorAll(".tray-waive, [data-take-back]").forEach((part) => { part.hidden = !may; });
}

function addresses(row) {
  return [...row.querySelectorAll("[data-url]")].flatMap((input) => input.value.trim().split(/\s+/)).filter(Boolean);
}

async function fill(row) {
  const inputs = [...row.querySelectorAll("[data-url]")];
  inputs.forEach((input) => { input.readOnly = true; });
  try {
    if (row.dataset.headline) {
      await post(panel.dataset.headlineAddress, { key: row.dataset.headline, url: addresses(row) });
    } else {
      const before = field.value;
      const done = await post(panel.dataset.fillAddress, { key: row.dataset.key, url: addresses(row), body: before });
      if (field.value !== before) throw new Error("The text changed meanwhile: press Enter again.");
      replaceRange(field, done.start, done.end, done.text);
    }
    leave(row);
  } catch (error) {
    inputs.forEach((input) => { input.readOnly = false; });
    problem(row, error.message);
    inputs[0].focus();
  }
}

async function waive(row) {
  const reason = row.querySelector("[data-reason]").value;
  try {
    await post(panel.dataset.waiveAddress, { key: row.dataset.key, reason, body: field.value });
    leave(row);
    document.dispatchEvent(new CustomEvent("desk:check"));
  } catch (error) {
    problem(row, error.message);
  }
}

async function takeBack(row) {
  try {
    await post(panel.dataset.waiveAddress, { key: row.dataset.key, take_back: "1" });
    document.dispatchEvent(new CustomEvent("desk:check"));
  } catch (error) {
    problem(row, error.message);
  }
}

// The row is done: the next one that waits has the focus.
function leave(row) {
  const rows = [...panel.querySelectorAll(".tray-row")];
  const behind = [...rows.slice(rows.indexOf(row) + 1), ...rows.slice(0, rows.indexOf(row))];
  const next = behind.map((each) => each.querySelector("[data-url]")).find(Boolean);
  row.remove();
  if (next) next.focus();
  else field.focus();
  if (row.dataset.headline) document.dispatchEvent(new CustomEvent("desk:check"));
}

function problem(row, sentence) {
  const place = row.querySelector(".tray-problem") ?? panel.querySelector(".tray-problem");
  if (!place) return;
  place.textContent = sentence;
  place.hidden = false;
}

async function post(address, values) {
  const data = new FormData();
  for (const [name, value] of Object.entries(values)) for (const each of [value].flat()) data.append(name, each);
  data.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  const answer = await fetch(address, { method: "POST", body: data });
  if (answer.redirected || answer.status === 403) throw new Error("You are no longer signed in, or may not change this.");
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.error ?? `The server answered ${answer.status}.`);
  return body;
}
