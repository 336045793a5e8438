// Passing on a result: the system's own sheet, else the clipboard, else the field
// with everything selected. Without us the field stands there to copy from.
// An element of its own, for it also comes with a reveal that is put in place later.

class QuizShare extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("textarea");
    this.status = this.querySelector("[role=status]");
    const button = this.querySelector("button");
    button.textContent = navigator.share ? "Share" : "Copy";
    button.hidden = false;
    button.onclick = () => this.pass();
  }

  async pass() {
    const { text, url } = this.dataset;
    this.status.textContent = "";
    if (navigator.share) {
      try {
        await navigator.share({ text, url });
        return;
      } catch (error) {
        if (error.name === "AbortError") {
          return; // thought better of it
        }
      }
    }
    try {
      await navigator.clipboard.writeText(this.field.value);
      this.status.textContent = "Copied.";
    } catch {
      this.field.focus();
      this.field.select();
      this.status.textContent = "Selected: copy it from the field.";
    }
  }
}

customElements.define("quiz-share", QuizShare);
