// Results while typing. Each is a page of its own; we only put its part in place,
// and the form works without us.

const form = document.querySelector("form[data-live]");
const box = form.querySelector("input[type=search]");
let waiting;
let asking;

async function ask() {
  const params = new URLSearchParams(new FormData(form));
  for (const [name, value] of [...params]) {
    if (!value) {
      params.delete(name);
    }
  }
  const url = `${form.action}?${params}`;
  asking?.abort();
  asking = new AbortController();
  try {
    const response = await fetch(url, { signal: asking.signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = page.getElementById(form.dataset.live);
    if (found) {
      document.getElementById(form.dataset.live).replaceWith(found);
      announce(found.querySelector("h2, .empty")?.textContent ?? "");
      history.replaceState(null, "", url);
      document.title = page.title;
    }
  } catch (error) {
    if (error.name !== "AbortError") {
      form.removeEventListener("input", later);
    }
  }
}

const status = document.createElement("p");
status.setAttribute("role", "status");
status.className = "visually-hidden";
form.append(status);

function announce(text) {
  status.textContent = text;
}

function later() {
  clearTimeout(waiting);
  if (box.value.trim().length > 1) {
    waiting = setTimeout(ask, 150);
  }
}

form.addEventListener("input", later);
