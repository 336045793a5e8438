// A slash goes to the search box: that of the page, or the search page.

document.addEventListener("keydown", (event) => {
  const here = event.target;
  const types = here.isContentEditable || here.matches?.("input, textarea, select");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || types) {
    return;
  }
  event.preventDefault();
  const box = document.querySelector("input[type=search]");
  if (box) {
    box.focus();
    box.select();
  } else {
    location.assign("/search/#q");
  }
});

if (location.hash === "#q") {
  document.querySelector("#q")?.focus();
}

// What was read stays readable without a network.
navigator.serviceWorker?.register("/offline.js").catch(() => {});
