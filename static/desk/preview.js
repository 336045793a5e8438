// The page as readers will see it, beside the form, a moment after each pause.
const PAUSE_MS = 150;

const section = document.querySelector("[data-preview-address]");
const form = section?.closest("form");
if (form) start();

function start() {
  const frame = section.querySelector("iframe");
  const state = section.querySelector("[role=status]");
  const address = section.dataset.previewAddress;
  const names = section.dataset.previewFields.split(" ").filter(Boolean);
  let timer = 0;
  let asked = 0;
  let shown = 0;

  section.hidden = false;
  document.body.classList.add("has-preview");
  const part = document.querySelector(section.dataset.previewBeside || "none");
  if (part) standBeside(part);

  frame.addEventListener("load", update, { once: true });
  frame.src = address;
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  // Django's autocomplete announces changes through jQuery alone.
  if (window.django?.jQuery) window.django.jQuery(form).on("change", "select", later);
  section.querySelectorAll("button[data-width]").forEach((button) => {
    button.addEventListener("click", () => {
      frame.dataset.width = button.dataset.width;
      press(button);
    });
  });
  section.querySelectorAll("button[data-state]").forEach((button) => {
    button.addEventListener("click", () => {
      press(button);
      frame.contentWindow.scrollTo(0, 0);
      update();
    });
  });

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
      const answer = await fetch(address, { method: "POST", body: content() });
      const body = await answer.text();
      if (number < shown) return; // a newer one is there already
      if (!answer.ok || answer.redirected) throw new Error(reason(answer));
      shown = number;
      show(new DOMParser().parseFromString(body, "text/html"));
      state.textContent = "";
    } catch (error) {
      if (number === asked) state.textContent = `This is the last good preview. ${error.message}`;
    }
  }

  function content() {
    const whole = new FormData(form);
    const state = section.querySelector("button[data-state][aria-pressed=true]");
    const data = names.length ? new FormData() : whole;
    for (const name of names) data.set(name, whole.get(name) ?? "");
    data.set("csrfmiddlewaretoken", whole.get("csrfmiddlewaretoken"));
    if (state) data.set("state", state.dataset.state);
    return data;
  }

  function reason(answer) {
    if (answer.redirected || answer.status === 403) return "You are no longer signed in: sign in again in another tab.";
    if (answer.status === 422) return "A field is too long, or the date is none.";
    return `The server answered ${answer.status}.`;
  }

  // Only what changed between header and footer is put in place: no flash, no jump.
  function show(page) {
    const old = frame.contentDocument.querySelector("main");
    const fresh = page.querySelector("main");
    if (!old || !fresh) throw new Error("The page has no text.");
    // The focus stays with who is typing.
    fresh.querySelectorAll("[autofocus]").forEach((part) => part.removeAttribute("autofocus"));
    const top = frame.contentWindow.scrollY;
    old.replaceWith(frame.contentDocument.adoptNode(fresh));
    frame.contentWindow.scrollTo(0, top);
  }

  // One of its group is pressed.
  function press(button) {
    button.parentElement.querySelectorAll("button").forEach((each) => {
      each.setAttribute("aria-pressed", String(each === button));
    });
  }
}
