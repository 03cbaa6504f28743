// Small comforts only: every page works without this file.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (form.dataset.sent && !(button && button.name === "_more")) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  window.setTimeout(() => delete form.dataset.sent, 8000);
});
const waiting = document.querySelector("[data-refresh]");
if (waiting) {
  window.setTimeout(() => window.location.reload(), 1000 * Number(waiting.dataset.refresh));
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
