// What pages do beyond their HTML: each of them works without it.
document.documentElement.classList.add("js");

document.addEventListener("DOMContentLoaded", () => {
  // The list of faults is read first.
  document.getElementById("faults")?.focus();
  warnOfUnsavedChanges(document.querySelector("form[data-warn-unsaved]"));
  document.querySelectorAll("[data-rows]").forEach(changeRowsInPlace);
  document.querySelectorAll("input[data-largest]").forEach(refuseLargeFiles);
  warnBeforeSignedOut(document.querySelector("[data-staying]"));
});

function warnOfUnsavedChanges(form) {
  if (!form) return;
  let unsaved = form.dataset.warnUnsaved === "changed";
  const changed = () => { unsaved = true; };
  form.addEventListener("input", changed);
  form.addEventListener("rows-changed", changed);
  form.addEventListener("submit", () => { unsaved = false; });
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
}

// Adds and removes rows without asking the server. Numbers in names only ever grow, so no row takes another's place.
function changeRowsInPlace(box) {
  const cards = box.querySelector("[data-cards]");
  const template = box.querySelector("[data-row-template]");
  let next = cards.children.length;

  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add], [data-remove], [data-undo]");
    if (!button) return;
    event.preventDefault();
    if (button.hasAttribute("data-add")) add();
    else if (button.hasAttribute("data-remove")) remove(button.closest("[data-row]"));
    else undo(button.parentElement);
    box.dispatchEvent(new Event("rows-changed", { bubbles: true }));
  });

  function add() {
    const holder = document.createElement("template");
    // "000" stands for the row's number, in names counted from 0 and in words from 1.
    holder.innerHTML = template.innerHTML.replace(/-000(?=[-"])/g, `-${next}`).replace(/ 000(?=<)/g, ` ${next + 1}`);
    next += 1;
    cards.append(holder.content);
    cards.lastElementChild.querySelector("input, textarea, select").focus();
  }

  // A removed row is only set aside until the page is left, so that it can be brought back.
  function remove(row) {
    row.hidden = row.disabled = true;
    const note = document.createElement("p");
    note.setAttribute("role", "status");
    note.append(`${row.querySelector("legend").textContent} is removed. `);
    const bringBack = document.createElement("button");
    bringBack.type = "button";
    bringBack.className = "usa-button usa-button--unstyled";
    bringBack.dataset.undo = "";
    bringBack.textContent = "Bring it back";
    note.append(bringBack);
    row.after(note);
    bringBack.focus();
  }

  function undo(note) {
    const row = note.previousElementSibling;
    row.hidden = row.disabled = false;
    note.remove();
    row.querySelector("input:not([type=hidden]), textarea, select").focus();
  }
}

// A file that is too large is refused before it is sent, in the words of the browser's own form check.
function refuseLargeFiles(input) {
  const largest = Number(input.dataset.largest);
  input.addEventListener("change", () => {
    const large = [...input.files].some((file) => file.size > largest);
    input.setCustomValidity(large ? `This file is larger than ${Math.round(largest / 1048576)} MB. Choose a smaller one.` : "");
    if (large) input.reportValidity();
  });
}

// Warns five minutes before the sign-in ends, after asking whether another tab has made it longer.
function warnBeforeSignedOut(box) {
  if (!box) return;
  const warning = 300;
  const words = box.querySelector("[data-staying-words]");
  const form = box.querySelector("form");
  const over = box.querySelector("[data-staying-over]");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await ask(form.action, { method: "POST", body: new FormData(form) });
    document.getElementById("main-content").focus();
  });
  wait(Number(box.dataset.staying));

  function wait(seconds) {
    const next = seconds > warning ? seconds - warning : Math.min(60, seconds);
    setTimeout(() => ask("/sign-in/time-left"), Math.max(1, next) * 1000);
  }

  async function ask(address, how) {
    let seconds;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, ...how });
      seconds = answer.ok ? (await answer.json()).seconds : 0;
    } catch {
      return wait(60); // the network is away, which says nothing about the sign-in
    }
    show(seconds);
    if (seconds > 0) wait(seconds);
  }

  function show(seconds) {
    const minutes = Math.ceil(seconds / 60);
    box.hidden = seconds > warning;
    form.hidden = seconds <= 0;
    over.hidden = seconds > 0;
    words.textContent = seconds > 0
      ? `You will be signed out in ${minutes} minute${minutes === 1 ? "" : "s"}. Save your work, or stay signed in.`
      : "You are signed out. What you typed is still on this page: sign in again, come back here, and send it.";
  }
}
