// Pasted lines and picked news stand in the rows at once, without a new page.
// Whatever fails, and wherever scripts are off, the buttons send the form instead.

const box = document.querySelector("[data-fill-address]");
if (box) {
  const state = box.querySelector("[role=status]");
  for (const button of box.querySelectorAll("button[data-fill]")) {
    button.type = "button";
    button.addEventListener("click", () => fill(button, state));
  }
}

async function fill(button, state) {
  const data = new FormData(button.form);
  data.set(button.name, button.value);
  try {
    const answer = await fetch(box.dataset.fillAddress, { method: "POST", body: data });
    if (answer.redirected || !/json/.test(answer.headers.get("Content-Type"))) {
      throw new Error(`The server answered ${answer.status}.`);
    }
    const { rows, lie, sentences } = await answer.json();
    put(button.form, rows, lie);
    state.textContent = sentences.join(" ") || "The rows are filled. Nothing is saved yet.";
  } catch (error) {
    state.textContent = `Nothing was filled in. ${error.message}`;
  }
}

function put(form, rows, lie) {
  for (const [index, row] of Object.entries(rows)) {
    for (const [name, value] of Object.entries(row)) {
      form.elements[`headlines-${index}-${name}`].value = value;
    }
  }
  const radio = form.querySelector(`input[name=lie_row][value="${lie}"]`);
  if (radio) radio.checked = true;
  form.dispatchEvent(new Event("change", { bubbles: true }));
}
