// What plain pages cannot do: one-key shortcuts, copying, and where the focus goes after a part was exchanged.
"use strict";

const SHORTCUTS_OFF = "triagem.shortcuts-off";

const typing = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox]), textarea, select"));

const stored = () => {
  try {
    return localStorage.getItem(SHORTCUTS_OFF) !== null;
  } catch {
    return false;
  }
};

const store = (off) => {
  try {
    if (off) localStorage.setItem(SHORTCUTS_OFF, "1");
    else localStorage.removeItem(SHORTCUTS_OFF);
  } catch {
    // A browser that keeps nothing keeps no choice either.
  }
};

const ready = () => {
  for (const button of document.querySelectorAll("[data-opens], [data-copies]")) button.hidden = false;
  for (const box of document.querySelectorAll("[data-keys-on]")) box.checked = !stored();
};

const open = (button) => {
  const dialog = document.getElementById(button.dataset.opens);
  if (dialog && !dialog.open) dialog.showModal();
};

const copy = async (button) => {
  const source = document.getElementById(button.dataset.copies);
  source.select();
  try {
    await navigator.clipboard.writeText(source.value);
  } catch {
    document.execCommand("copy");
  }
  button.textContent = button.dataset.copied;
};

const move = (by) => {
  const rows = [...document.querySelectorAll("[data-row]")];
  const at = rows.indexOf(document.activeElement);
  const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
  if (next) next.focus();
  return Boolean(next);
};

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element && event.target.closest("[data-opens], [data-copies]");
  if (!button) return;
  if (button.dataset.opens) open(button);
  else copy(button);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-keys-on]")) store(!event.target.checked);
  if (event.target.matches("select[data-key]")) event.target.dataset.chosen = "";
});

// Enter in a list that a key leads to sends what was chosen there; before anything was, it opens the list.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("select[data-key][data-chosen]")) return;
  event.preventDefault();
  if (event.repeat) return;
  event.target.blur(); // or the list of the exchanged page has the focus again, and takes the next key for a choice
  event.target.form.requestSubmit();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || stored()) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  const moved = !target && (event.key === "j" || event.key === "k") && move(event.key === "j" ? 1 : -1);
  if (!target && !moved) return;
  event.preventDefault();
  if (!target) return;
  if (target.matches("select, input")) target.focus();
  else target.click();
});

// A page that was exchanged in part says where it begins, as a page that was loaded would.
document.addEventListener("htmx:after:swap", () => {
  ready();
  const main = document.getElementById("main");
  if (main && !main.contains(document.activeElement)) main.focus();
});

ready();
