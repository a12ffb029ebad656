// What pages do beyond their HTML: each of them works without it.
document.documentElement.classList.add("js");

document.addEventListener("DOMContentLoaded", () => {
  // The list of faults is read first.
  document.getElementById("faults")?.focus();

  // Unsaved changes: a form that says so warns before it is left.
  const form = document.querySelector("form[data-warn-unsaved]");
  if (form) {
    let unsaved = form.dataset.warnUnsaved === "changed";
    form.addEventListener("input", () => { unsaved = true; });
    form.addEventListener("submit", () => { unsaved = false; });
    window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  }
});
