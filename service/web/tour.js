// Writes an example into the form as if somebody had typed it.
"use strict";
addEventListener("click", (event) => {
  const example = event.target.closest("[data-example]");
  const field = example && document.querySelector("triagem-help").shadowRoot?.querySelector("textarea");
  if (!field || field.closest("form").hidden) return;
  field.value = example.dataset.example;
  field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
  field.scrollIntoView({ block: "nearest" });
  field.focus();
});
