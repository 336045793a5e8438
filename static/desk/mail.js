// Copies a part of the mail; the whole of it as formatted text, where the browser can.
const said = document.querySelector(".mail-said");
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => copy(button));
}

async function copy(button) {
  const kinds = wanted(button);
  const done = byCommand(kinds) || (await byClipboard(kinds));
  said.textContent = "";
  // A screen reader says again only what has changed.
  requestAnimationFrame(() => {
    said.textContent = done ? "Copied." : "Your browser does not let us copy: select the text below and copy it.";
  });
}

function wanted(button) {
  const value = document.getElementById(`mail-${button.dataset.copy}`).value;
  if (!("rich" in button.dataset)) return { "text/plain": value };
  return { "text/html": value, "text/plain": document.getElementById("mail-text").value };
}

async function byClipboard(kinds) {
  if (!navigator.clipboard?.write || !window.ClipboardItem) return false;
  const blobs = Object.entries(kinds).map(([type, text]) => [type, new Blob([text], { type })]);
  try {
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
    return true;
  } catch {
    return false;
  }
}

// Asked first: what an event is handed stays as it is, and needs neither HTTPS nor leave.
// The clipboard's own interface reads HTML under this page's policy, which refuses styles.
function byCommand(kinds) {
  let done = false;
  const hand = (event) => {
    for (const [type, text] of Object.entries(kinds)) event.clipboardData.setData(type, text);
    event.preventDefault();
    done = true;
  };
  document.addEventListener("copy", hand, { once: true });
  const allowed = document.execCommand("copy");
  document.removeEventListener("copy", hand);
  return allowed && done;
}
