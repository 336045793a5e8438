// A picture dropped on the text or pasted into it is stored, described, and shown there.
import { insertBlock } from "./text.js";

const dialog = document.querySelector("[data-upload-address]");
const text = document.querySelector(".markdown-editor");
if (dialog && text) start();

function start() {
  const file = dialog.querySelector("input[type=file]");
  const alt = dialog.querySelector("input[type=text]");
  const complaint = dialog.querySelector("[role=alert]");
  const store = dialog.querySelector("[data-store]");
  let picture = null;

  const button = document.createElement("button");
  button.type = "button";
  button.className = "button desk-add-picture";
  button.textContent = "Add a picture";
  button.addEventListener("click", () => ask(null));
  text.before(button);
  // Fields of the dialog are no fields of the form.
  text.form.after(dialog);

  text.addEventListener("dragover", (event) => {
    if (event.dataTransfer.types.includes("Files")) event.preventDefault();
  });
  text.addEventListener("drop", (event) => take(event, event.dataTransfer));
  text.addEventListener("paste", (event) => take(event, event.clipboardData));
  file.addEventListener("change", () => (picture = file.files[0] ?? null));
  store.addEventListener("click", send);
  alt.addEventListener("keydown", (event) => {
    if (event.key === "Enter") send();
  });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => text.focus());

  function take(event, transfer) {
    const found = [...transfer.files].find((each) => each.type.startsWith("image/"));
    if (!found) return;
    event.preventDefault();
    ask(found);
  }

  function ask(found) {
    picture = found;
    file.value = "";
    file.parentElement.hidden = found !== null;
    alt.value = "";
    say("");
    dialog.showModal();
    (found ? alt : file).focus();
  }

  async function send() {
    if (!picture) return say("Choose a picture.");
    if (!alt.value.trim()) return say("Say what the picture shows.");
    store.disabled = true;
    try {
      const answer = await fetch(dialog.dataset.uploadAddress, { method: "POST", body: content() });
      const data = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      const said = answer.status === 507 ? "The server has no room for it." : `The server answered ${answer.status}.`;
      if (!answer.ok || !data.markdown) throw new Error(data.error ?? said);
      dialog.close();
      text.focus();
      insertBlock(text, data.markdown);
    } catch (error) {
      say(`The picture was not stored. ${error.message}`);
    } finally {
      store.disabled = false;
    }
  }

  function content() {
    const data = new FormData();
    data.set("upload", picture);
    data.set("alt", alt.value);
    data.set("csrfmiddlewaretoken", text.form.elements.csrfmiddlewaretoken.value);
    return data;
  }

  function say(sentence) {
    complaint.textContent = sentence;
    complaint.hidden = sentence === "";
  }
}
