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

// "changed" while something is typed that is not saved; live saving takes it back.
function warnOfUnsavedChanges(form) {
  if (!form) return;
  const changed = () => { form.dataset.warnUnsaved = "changed"; };
  form.addEventListener("input", changed);
  form.addEventListener("rows-changed", changed);
  form.addEventListener("submit", () => { form.dataset.warnUnsaved = ""; });
  window.addEventListener("beforeunload", (event) => { if (form.dataset.warnUnsaved) event.preventDefault(); });
}

// Adds, moves and removes rows without asking the server. Numbers in names only ever grow, so no row takes another's
// place; the server goes by the order in which rows stand on the page.
function changeRowsInPlace(box) {
  const cards = box.querySelector("[data-cards]");
  const template = box.querySelector("[data-row-template]");
  const boxes = "input:not([type=hidden]), textarea, select";
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  said.className = "usa-sr-only";
  box.append(said);
  let next = cards.children.length;

  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add], [data-move], [data-remove], [data-undo]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("[data-row]");
    if (button.hasAttribute("data-add")) add();
    else if (button.hasAttribute("data-move")) move(row, button);
    else if (button.hasAttribute("data-remove")) remove(row);
    else undo(button.parentElement);
    number();
    box.dispatchEvent(new Event("rows-changed", { bubbles: true }));
  });

  function shown() {
    return [...cards.querySelectorAll("[data-row]:not([hidden])")];
  }

  function number() {
    shown().forEach((row, place) => {
      row.querySelector("legend").textContent = `${box.dataset.noun} ${place + 1}`;
      row.querySelectorAll("[data-move], [data-remove]").forEach((button) => {
        button.setAttribute("aria-label", button.getAttribute("aria-label").replace(/\d+\)$/, `${place + 1})`));
      });
    });
  }

  function add() {
    const holder = document.createElement("template");
    // "000" stands for the row's number.
    holder.innerHTML = template.innerHTML.replace(/-000(?=[-"])/g, `-${next}`).replace(/ 000(?=[<)])/g, ` ${next + 1}`);
    next += 1;
    cards.append(holder.content);
    cards.lastElementChild.querySelector(boxes).focus();
  }

  function move(row, button) {
    const rows = shown();
    const place = rows.indexOf(row);
    const to = place + (button.dataset.move === "up" ? -1 : 1);
    if (!rows[to]) {
      said.textContent = `${box.dataset.noun} ${place + 1} is ${to < 0 ? "the first" : "the last"}.`;
      return;
    }
    if (to < place) rows[to].before(row);
    else rows[to].after(row);
    button.focus();
    said.textContent = `${box.dataset.noun} ${place + 1} is now number ${to + 1}.`;
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
    row.querySelector(boxes).focus();
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
