// The quiz in place: the card's form for its links, the reveal for its form.
// Whatever fails leaves links and form as they were, and they work without us.

const parts = "[data-quiz-form], [data-quiz-reveal]";

async function load(url, options) {
  const response = await fetch(url, { cache: "no-store", credentials: "same-origin", ...options });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return page.querySelector(parts);
}

// Needed after a guess alone: fetched when there is something to share.
const share = document.querySelector("[data-share-module]")?.dataset.shareModule;

function show(part, old) {
  old.replaceWith(part);
  if (share && part.querySelector("quiz-share")) {
    import(share);
  }
  if (part.matches("form")) {
    enhance(part);
  }
}

function enhance(form) {
  let failed = false;
  form.addEventListener("submit", async (event) => {
    if (failed) {
      return;
    }
    event.preventDefault();
    if (form.ariaBusy === "true") {
      return;
    }
    form.ariaBusy = "true";
    try {
      const body = new URLSearchParams(new FormData(form, event.submitter));
      const part = await load(form.action, { method: "POST", body });
      show(part, form);
      // The verdict, or the choice beside what was wrong with it.
      const first =
        part.querySelector("#verdict, input:checked") ?? part.querySelector("input[type=radio]");
      first.focus();
      first.scrollIntoView({ block: "nearest" });
    } catch {
      failed = true;
      form.requestSubmit(event.submitter);
    }
  });
}

async function upgrade(card) {
  const form = card.querySelector("[data-quiz-form]");
  if (form) {
    enhance(form);
    return;
  }
  const part = await load(card.dataset.quizCard);
  const link = card.contains(document.activeElement) && document.activeElement.href;
  if (part) {
    show(part, card);
  }
  if (part && link) {
    const choice = new URL(link).searchParams.get("c");
    (part.querySelector(`input[value="${CSS.escape(choice)}"]`) ?? part.querySelector("#verdict"))?.focus();
  }
}

for (const card of document.querySelectorAll("[data-quiz-card]")) {
  upgrade(card).catch(() => {});
}
