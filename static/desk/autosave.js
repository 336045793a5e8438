// What is typed is not lost: it goes to the server a moment after each pause, and into this
// browser at once; what the server does not have when the form is opened again is offered.
import { replaceRange } from "./text.js";

const PAUSE_MS = 800;
const LONGEST_MS = 2000; // for who types without a pause
const ANSWER_MS = 8000;
const RETRY_MS = 5000;
const BEAT_MS = 15000;
const WORDS = ["title", "slug", "dek", "body"];
const NAMES = [...WORDS, "cover", "quiz", "base", "tab"];

const desk = document.querySelector("[data-saving]");
if (desk) start(desk.closest("form"));

function start(form) {
  const fields = form.elements;
  const find = (name) => desk.querySelector(`[data-${name}]`);
  const trouble = find("trouble");
  const merge = find("merge");
  const tab = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`.slice(0, 36);
  let address = desk.dataset.autosaveAddress;
  let presence = desk.dataset.presenceAddress;
  let key = desk.dataset.copyKey;
  let sent = words(); // what the server has
  let waiting = 0; // since when something has not been sent
  let timer = 0;
  let busy = false;
  let pressed = false; // to save, while something was on its way
  let stopped = false; // by a conflict, or because the form is being sent
  let leaving = false;

  fields.tab.value = tab;
  offerCopy();
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  // Django's autocomplete announces changes through jQuery alone.
  if (window.django?.jQuery) window.django.jQuery(form).on("change", "select", changed);
  form.addEventListener("submit", () => {
    leaving = true;
    stopped = true;
    clearTimeout(timer);
    keepCopy();
  });
  form.addEventListener("desk:save", (event) => {
    if (!presence || stopped) return;
    event.preventDefault();
    saveAll();
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && words() !== sent) event.preventDefault();
  });
  // The page may come back from the browser's memory after a form was sent.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  window.addEventListener("pagehide", () => {
    if (presence) navigator.sendBeacon(presence, data({ leaves: "1" }));
  });
  window.addEventListener("online", () => save());
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && waiting) save();
    if (!document.hidden) beat();
  });
  if (presence) beat();
  setInterval(beat, BEAT_MS);

  function words() {
    return JSON.stringify(NAMES.slice(0, 6).map((name) => fields[name]?.value ?? ""));
  }

  function changed(event) {
    if (event?.target && !NAMES.includes(event.target.name)) return;
    if (words() === sent) return;
    keepCopy();
    if (stopped) return;
    waiting ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(PAUSE_MS, waiting + LONGEST_MS - Date.now())));
  }

  async function save() {
    clearTimeout(timer);
    if (busy || stopped || words() === sent) return;
    if (!presence && !fields.title.value.trim()) {
      say("Not on the server yet: it is kept in this browser until the issue has a title.");
      return;
    }
    busy = true;
    const text = words();
    try {
      const answer = await send(address, data({}));
      if (answer.status === 409) return conflict((await answer.json()).conflict);
      if (answer.status === 422) return refuse((await answer.json()).errors);
      if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
      const told = await answer.json();
      if (told.address) settle(told);
      arrived(text, told.base, `Autosaved at ${clock(new Date(told.saved_at))}.`);
    } catch (error) {
      tryAgain(error);
    } finally {
      free();
    }
  }

  function arrived(text, base, sentence) {
    fields.base.value = base;
    sent = text;
    complain("");
    say(sentence);
    waiting = 0;
    if (words() === sent) forgetCopy();
    else changed();
  }

  function tryAgain(error) {
    complain(`${error.message} Your text is kept in this browser and sent as soon as possible.`);
    timer = setTimeout(save, RETRY_MS);
  }

  function free() {
    busy = false;
    if (pressed) saveAll();
    pressed = false;
  }

  // The whole form, as its button sends it; the page stays, and what can be undone with it.
  async function saveAll() {
    clearTimeout(timer);
    if (busy) {
      pressed = true;
      return;
    }
    busy = true;
    const text = words();
    const body = new FormData(form);
    body.set("_continue", "1");
    try {
      const answer = await ask(location.pathname, { method: "POST", body });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const base = page.querySelector("form [name=base]")?.value;
      const isSaved = answer.ok && answer.redirected && new URL(answer.url).pathname === location.pathname;
      // What is wrong with the form, or who saved meanwhile, is said on a page of its own.
      if (answer.status === 409 || (!isSaved && base)) return form.requestSubmit(form.querySelector("input[name=_continue]"));
      if (!isSaved || !base) throw new Error("Not saved: the server did not take the form.");
      // Where the issue stands may have changed with it, and so may the buttons.
      const fresh = "[data-notices], .submit-row";
      const parts = page.querySelectorAll(fresh);
      document.querySelectorAll(fresh).forEach((part, index) => part.replaceWith(parts[index]));
      arrived(text, base, `Saved at ${clock(new Date())}.`);
    } catch (error) {
      tryAgain(error);
    } finally {
      free();
    }
  }

  // A session that has ended answers with the page to sign in; who signs in again in
  // another tab has a new form token.
  async function send(where, body) {
    const answer = await ask(where, { method: "POST", body });
    if (!isSignedOut(answer)) return answer;
    const again = await ask(where, {});
    if (isSignedOut(again)) throw new Error("You are no longer signed in: sign in in another tab.");
    const { token } = await again.json();
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => (field.value = token));
    body.set("csrfmiddlewaretoken", token);
    return ask(where, { method: "POST", body });
  }

  async function ask(where, options) {
    try {
      return await fetch(where, { ...options, signal: AbortSignal.timeout(ANSWER_MS) });
    } catch {
      throw new Error("The server can’t be reached.");
    }
  }

  function isSignedOut(answer) {
    const isData = answer.headers.get("Content-Type")?.includes("json");
    return answer.redirected || answer.status === 403 || (answer.ok && !isData);
  }

  function data(more) {
    const body = new FormData();
    for (const name of NAMES) body.set(name, fields[name]?.value ?? "");
    body.set("csrfmiddlewaretoken", fields.csrfmiddlewaretoken.value);
    for (const [name, value] of Object.entries(more)) body.set(name, value);
    return body;
  }

  // The draft exists now: this page becomes its form.
  function settle(told) {
    const old = key;
    address = told.autosave;
    presence = told.presence;
    key = old.replace("-new-", `-${address.match(/(\d+)\/autosave/)[1]}-`);
    localStorage.removeItem(old);
    history.replaceState(null, "", told.address);
    if (!fields.slug.value) fields.slug.value = told.slug;
    beat();
  }

  function conflict(sentence) {
    stopped = true;
    keepCopy();
    complain(`${sentence} `);
    merge.hidden = false;
  }

  function refuse(errors) {
    const names = Object.keys(errors).join(", ");
    complain(`Not autosaved: look at ${names}. Your text is kept in this browser.`);
  }

  // Who else is there ---------------------------------------------------------

  async function beat() {
    if (!presence || document.hidden || leaving) return;
    try {
      const answer = await send(presence, data({}));
      if (!answer.ok) return;
      const { others } = await answer.json();
      find("others").textContent = others.length ? `Also open here: ${others.join(", ")}.` : "";
    } catch {
      // Saving says what is wrong.
    }
  }

  // The local copy ------------------------------------------------------------

  function keepCopy() {
    const copy = { at: Date.now() };
    for (const name of WORDS) copy[name] = fields[name]?.value ?? "";
    try {
      localStorage.setItem(key, JSON.stringify(copy));
    } catch {
      // No room, or none allowed: the server is what is left.
    }
  }

  function forgetCopy() {
    localStorage.removeItem(key);
  }

  function readCopy() {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  async function offerCopy() {
    const copy = readCopy();
    if (!copy) return;
    const same = WORDS.every((name) => plain(copy[name]) === plain(fields[name]?.value));
    const empty = WORDS.every((name) => !copy[name]?.trim());
    if (same || empty) return forgetCopy();
    const difference = find("copy-difference");
    const body = data(copy);
    for (const name of ["title", "dek", "body"]) body.set(`old_${name}`, fields[name]?.value ?? "");
    try {
      const answer = await send(desk.dataset.compareAddress, body);
      const told = await answer.json();
      if (told.known) return forgetCopy(); // it was saved, and somebody went on from there
      const page = new DOMParser().parseFromString(told.html, "text/html");
      difference.replaceChildren(...page.body.childNodes);
    } catch {
      difference.textContent = copy.body;
    }
    find("copy-when").textContent = `It is from ${day(new Date(copy.at))}, ${clock(new Date(copy.at))}.`;
    find("copy").hidden = false;
    find("copy-take").addEventListener("click", () => take(copy), { once: true });
    find("copy-drop").addEventListener("click", () => {
      find("copy").hidden = true;
      forgetCopy();
    });
  }

  function take(copy) {
    find("copy").hidden = true;
    for (const name of WORDS) {
      const field = fields[name];
      if (!field || field.value === copy[name]) continue;
      if (name === "body") replaceRange(field, 0, field.value.length, copy.body);
      else field.value = copy[name];
    }
    fields.body.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  function plain(text) {
    return (text ?? "").replace(/\r\n/g, "\n").trim();
  }

  // Telling -------------------------------------------------------------------

  function say(sentence) {
    find("state").textContent = sentence;
  }

  function complain(sentence) {
    trouble.hidden = sentence === "";
    if (find("sentence").textContent !== sentence) find("sentence").textContent = sentence;
    if (sentence) say("");
  }

  // As everywhere at the desk: 26 November, 09:43:26 (UTC).
  function clock(moment) {
    return `${moment.toISOString().slice(11, 19)} (UTC)`;
  }

  function day(moment) {
    return moment.toLocaleDateString("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
  }
}
