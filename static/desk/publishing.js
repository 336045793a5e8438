// The yellow button does what the date asks for: a time to come is scheduled.
const form = document.querySelector("[data-saving]")?.closest("form");
const [day, time] = [0, 1].map((part) => form?.elements[`publish_at_${part}`]);
if (day && time) {
  // Django's shortcuts for dates tell nothing but that the field has the cursor again.
  for (const event of ["input", "change", "focusin"]) form.addEventListener(event, follow);
  follow();
}

function follow() {
  // As the server has it: in UTC.
  const isAhead = Date.parse(`${day.value}T${time.value || "00:00"}Z`) > Date.now();
  for (const button of form.querySelectorAll("[data-publish]")) {
    button.name = isAhead ? "_schedule" : "_publish";
    button.value = isAhead ? "Schedule" : "Publish now";
  }
}
