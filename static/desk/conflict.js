// Both texts are on the server by now: the copy in this browser is needed no longer.
const page = document.querySelector("[data-forget-copy]");
if (page) localStorage.removeItem(page.dataset.forgetCopy);
