// Saves a section while it is being written. Without it, the Save button does.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-live]");
  if (!form) return;
  const asking = document.getElementById("lacking");
  const said = form.querySelector("[data-saved-said]");
  const pause = 1500; // milliseconds without a change
  const longest = 8000; // milliseconds that a change waits while one goes on writing
  const again = 10000; // milliseconds until the next try after one that failed
  let changes = 0;
  let sent = 0;
  let since = null;
  let timer = null;
  let last = "";

  form.addEventListener("input", changed);
  form.addEventListener("rows-changed", changed);

  function changed() {
    changes += 1;
    since ??= performance.now();
    saveIn(Math.max(0, Math.min(pause, since + longest - performance.now())));
  }

  function saveIn(milliseconds) {
    clearTimeout(timer);
    if (last !== "changed") timer = setTimeout(save, milliseconds);
  }

  function save() {
    since = null;
    form.dispatchEvent(new Event("save-now"));
  }

  asking.addEventListener("htmx:beforeRequest", (event) => { if (event.detail.elt === asking) sent = changes; });

  asking.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt !== asking) return;
    const state = document.getElementById("saved").dataset.state;
    if (state === "saved" && sent === changes) form.dataset.warnUnsaved = "";
    tell(state);
  });

  // What went wrong between here and the server is tried again; what the server refused is said by its own answer.
  asking.addEventListener("htmx:sendError", failed);
  asking.addEventListener("htmx:responseError", failed);

  function failed(event) {
    if (event.detail.elt !== asking) return;
    const signedOut = event.detail.xhr.status === 401;
    const words = document.getElementById("saved");
    words.dataset.state = "failed";
    words.textContent = signedOut
      ? "Not saved: you are signed out. What you typed is still on this page."
      : "Not saved: the server can’t be reached. It is tried again by itself.";
    tell(signedOut ? "signed out" : "failed");
    saveIn(again);
  }

  // Said aloud only when it becomes otherwise, so that nobody hears "saved" after every word.
  function tell(state) {
    if (state !== last) said.textContent = document.getElementById("saved").textContent;
    last = state;
    if (state === "changed") clearTimeout(timer);
  }

  // A page that nobody looks at is not where somebody is.
  document.getElementById("here").addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden) event.preventDefault();
  });
});
