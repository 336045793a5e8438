// The list of papers: rows change places by drag, by buttons and by Alt with an arrow key.
// What moves is the numbers in the position fields: nothing is kept until the list is saved,
// and without us the numbers can be typed.
const table = document.querySelector("#result_list");
const rows = () => [...table.tBodies[0].rows].filter((row) => place(row));
const place = (row) => row.querySelector("input[name$='-position']");
const title = (row) => row.querySelector(".field-title").textContent.trim();
const said = document.createElement("p");
said.setAttribute("role", "status");
said.className = "papers-said";

if (table && rows().length > 1) {
  table.closest(".results").before(said);
  const why = whyNot();
  if (why) said.textContent = why;
  else rows().forEach(addHandles);
}
completeTopics();

/** Why rows cannot change places here; empty where they can. */
function whyNot() {
  const sorted = [...table.querySelectorAll("th.sorted")];
  const byPosition = sorted.length === 1 && sorted[0].matches(".column-position.ascending");
  if (!byPosition) return "Sort by position, rising, to move papers here.";
  const lists = new Set(rows().map((row) => row.querySelector(".field-catalogue").textContent));
  if (lists.size > 1) return "Choose one catalogue, on the side, to move papers here.";
  return "";
}

function addHandles(row) {
  const field = place(row);
  if (field.disabled) return;
  const box = document.createElement("span");
  box.className = "papers-move";
  const handle = document.createElement("span");
  handle.className = "papers-handle";
  handle.textContent = "⠿";
  handle.setAttribute("aria-hidden", "true");
  handle.title = "Drag to another place";
  handle.addEventListener("pointerdown", (event) => drag(event, row, handle));
  box.append(handle, button(row, -1, "↑", "up"), button(row, 1, "↓", "down"));
  field.after(box);
  row.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || !event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    step(row, by);
  });
}

function button(row, by, sign, word) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = sign;
  made.setAttribute("aria-label", `Move ${word}: ${title(row)}`);
  made.addEventListener("click", () => step(row, by));
  return made;
}

function step(row, by) {
  if (pass(row, by)) {
    number(row);
    row.scrollIntoView({ block: "nearest" });
  } else {
    said.textContent = `“${title(row)}” is ${by < 0 ? "first" : "last"} on this page.`;
  }
}

/** The neighbour goes round the row, which so keeps the focus and the pointer. */
function pass(row, by) {
  const all = rows();
  const other = all[all.indexOf(row) + by];
  if (other && by < 0) row.after(other);
  else if (other) row.before(other);
  return Boolean(other);
}

/** The page's numbers, handed out anew in the order of its rows; equal ones only where rows stay in order. */
function number(moved) {
  const all = rows();
  const numbers = all.map((row) => Number(place(row).value) || 0).sort((a, b) => a - b);
  let last = -1;
  all.forEach((row, index) => {
    const field = place(row);
    const tie = numbers[index] <= last && index > 0 && idOf(row) < idOf(all[index - 1]);
    last = Math.max(numbers[index], last + (tie ? 1 : 0));
    if (Number(field.value) !== last) {
      field.value = last;
      // Django's own script asks before changes of a list are left behind.
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  const at = all.indexOf(moved) + 1;
  said.textContent = `“${title(moved)}” is ${at} of ${all.length} on this page. Save to keep it.`;
}

// Django puts the hidden keys of the rows before the table.
function idOf(row) {
  const name = place(row).name.replace(/position$/, "id");
  return Number(document.querySelector(`input[name="${name}"]`).value);
}

function drag(event, row, handle) {
  if (event.button) return;
  event.preventDefault();
  handle.setPointerCapture(event.pointerId);
  row.classList.add("papers-dragged");
  const before = rows().indexOf(row);
  const move = ({ clientY }) => {
    const all = rows();
    const at = all.indexOf(row);
    const middle = (other) => other.getBoundingClientRect().top + other.offsetHeight / 2;
    if (at > 0 && clientY < middle(all[at - 1])) pass(row, -1);
    else if (at < all.length - 1 && clientY > middle(all[at + 1])) pass(row, 1);
    const edge = 60;
    if (clientY < edge) scrollBy(0, -20);
    if (clientY > innerHeight - edge) scrollBy(0, 20);
  };
  const end = () => {
    handle.removeEventListener("pointermove", move);
    row.classList.remove("papers-dragged");
    if (rows().indexOf(row) !== before) number(row);
  };
  handle.addEventListener("pointermove", move);
  handle.addEventListener("lostpointercapture", end, { once: true });
}

/** What follows the last comma is looked up; the browser completes a whole field. */
function completeTopics() {
  const list = document.querySelector("#topic-names");
  let asked = "";
  table?.addEventListener("input", async ({ target }) => {
    if (!target.matches("input[list='topic-names']")) return;
    const before = target.value.match(/^.*, */)?.[0] ?? "";
    const term = target.value.slice(before.length).trim();
    asked = target.value;
    const response = await fetch(list.dataset.topics + encodeURIComponent(term));
    if (!response.ok || asked !== target.value) return;
    const { results } = await response.json();
    const fit = results.filter(({ text }) => !text.includes(","));
    list.replaceChildren(...fit.map(({ text }) => new Option("", before + text)));
  });
}
