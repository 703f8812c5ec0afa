/* Small improvements; every page works without them. */
(function () {
  "use strict";

  // A second click on a submit button does nothing: the server would refuse it, this spares the question.
  // The buttons come back when the reader returns to the page through the browser's history.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || form.hasAttribute("data-many") || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    window.setTimeout(function () {
      form.querySelectorAll("button:not([type=button]), input[type=submit]").forEach(function (button) {
        button.setAttribute("aria-disabled", "true");
      });
    });
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll("[aria-disabled]").forEach(function (button) { button.removeAttribute("aria-disabled"); });
    });
  });

  // Leaving a half-filled form asks first; only forms marked data-guard, and only after something was changed.
  var unsaved = false;
  document.addEventListener("input", function (event) {
    if (event.target.closest("form[data-guard]")) unsaved = true;
  });
  document.addEventListener("submit", function () { unsaved = false; });
  window.addEventListener("beforeunload", function (event) {
    if (unsaved) event.preventDefault();
  });

  // The menu under the name closes like any menu: Escape, or a click elsewhere.
  var who = document.querySelector(".w-who");
  if (who) {
    document.addEventListener("click", function (event) {
      if (!who.contains(event.target)) who.open = false;
    });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && who.open) {
        who.open = false;
        who.querySelector("summary").focus();
      }
    });
  }

  // The decision's button repeats the choice: the words stand on the radios (data-button).
  document.addEventListener("change", function (event) {
    var said = event.target.getAttribute("data-button");
    var button = said && event.target.form && event.target.form.querySelector("[data-repeats]");
    if (button) button.textContent = said;
  });

  var errors = document.querySelector(".w-errors");
  if (errors) errors.focus();
}());
