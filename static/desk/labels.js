// Django's search boxes for a choice have a name of their own, as the fields they stand for
// do, and so has what is typed into them.

// After Django's own script has made them, which waits for the same moment.
window.django?.jQuery(() => nameAll(document));
document.addEventListener("formset:added", ({ target }) => setTimeout(() => nameAll(target)));

function nameAll(part) {
  for (const select of part.querySelectorAll("select.select2-hidden-accessible")) name(select);
  // The column of what rows are called has no heading: it is no heading then.
  for (const head of part.querySelectorAll("th.original:empty")) head.setAttribute("role", "cell");
}

function name(select) {
  const box = select.parentElement.querySelector(".select2-selection");
  const label = select.getAttribute("aria-label") ?? select.labels[0]?.textContent.trim();
  if (!box || !label) return;
  box.removeAttribute("aria-labelledby");
  for (const each of [box, ...box.querySelectorAll("[role=textbox], input")]) each.setAttribute("aria-label", label);
}
