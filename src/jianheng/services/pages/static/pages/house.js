// Small comforts only: every page works without this file.

// A second click on a button that is being sent does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent && event.submitter?.name !== "_more") {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  window.setTimeout(() => delete form.dataset.sent, 8000);
});

// A page that waits for something asks again.
const waiting = document.querySelector("[data-refresh]");
if (waiting) {
  window.setTimeout(() => window.location.reload(), 1000 * Number(waiting.dataset.refresh));
}

// A button that prints.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A part that may be left out is folded until it is wanted.
for (const box of document.querySelectorAll("[data-part]")) {
  const part = document.getElementById(box.dataset.part);
  const fold = () => { part.hidden = !box.checked; };
  box.addEventListener("change", fold);
  fold();
}
