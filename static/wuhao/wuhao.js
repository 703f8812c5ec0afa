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

  // A form marked data-autosave keeps itself: after a pause, and when the reader leaves. It is sent to that address;
  // of the answer each part takes the place of what the element of its id holds. While one save is on its way the
  // next waits for it, so that the page always knows which card the server has. Only the server says what was saved.
  document.querySelectorAll("form[data-autosave]").forEach(function (form) {
    var PAUSE = 1200, changed = false, busy = false, stuck = false, timer, waiting;
    var note = document.getElementById("tally-note");
    form.setAttribute("autocomplete", "off");  // going back shows what was saved, not what another visit left in the fields
    form.querySelectorAll("[data-scripted]").forEach(function (words) { words.hidden = false; });

    function put(part) {
      var place = document.getElementById(part.id);
      if (!place) return;
      if (place.tagName === "INPUT") { place.value = part.value; return; }
      if (part.hasAttribute("data-open")) place.closest("details").open = true;
      if (place.innerHTML === part.innerHTML) return;
      var at = Array.prototype.indexOf.call(place.querySelectorAll("a"), document.activeElement);
      place.innerHTML = part.innerHTML;
      if (at >= 0 && place.querySelectorAll("a")[at]) place.querySelectorAll("a")[at].focus();
      if (part.id.indexOf("wrong-") === 0) place.parentNode.classList.toggle("is-bad", place.textContent !== "");
    }
    function failed() {
      stuck = changed = true;
      note.innerHTML = "<i class='w-sep' aria-hidden='true'></i><span class='w-loud'></span>";
      note.lastChild.textContent = form.dataset.failed;
    }
    function save() {
      window.clearTimeout(timer);
      if (!changed || busy) return;
      changed = false;
      busy = true;
      var sent = new FormData(form);
      var small = new URLSearchParams(sent).toString().length < 60000;  // what browsers still send for a page that is gone
      window.fetch(form.dataset.autosave, { method: "POST", body: sent, keepalive: small }).then(function (answer) {
        return answer.text().then(function (text) {
          var kept = new DOMParser().parseFromString(text, "text/html").querySelector("[data-kept]");
          if (!kept) { failed(); return; }
          stuck = !answer.ok;
          changed = changed || stuck;
          Array.prototype.slice.call(kept.children).forEach(put);
        });
      }).catch(failed).then(function () {
        busy = false;
        if (waiting) waiting();
        else if (changed && !stuck) later();
      });
    }
    function later() {
      window.clearTimeout(timer);
      timer = window.setTimeout(save, PAUSE);
    }
    form.addEventListener("input", function () { changed = true; later(); });
    document.addEventListener("visibilitychange", function () { if (document.visibilityState === "hidden") save(); });
    window.addEventListener("pagehide", save);
    window.addEventListener("online", save);
    window.addEventListener("beforeunload", function (event) {
      if (changed && (busy || stuck)) event.preventDefault();
    });
    form.addEventListener("submit", function (event) {
      window.clearTimeout(timer);
      changed = false;
      if (!busy) return;
      event.preventDefault();
      var button = event.submitter;
      waiting = function () { waiting = null; changed = false; form.requestSubmit(button); };
    });
  });

  var errors = document.querySelector(".w-errors");
  if (errors) errors.focus();
}());

// 推荐排序: candidates are put in order by dragging a number, by the buttons, or by typing a place. Without this
// the buttons ask the server for the page in the new order.
(function () {
  "use strict";
  var table = document.querySelector("table[data-order]");
  if (!table) return;
  var body = table.tBodies[0], said = document.querySelector("[data-said]"), cut = body.querySelector("[data-cut]");
  var left = Number(table.dataset.left), held = null, laying = false;
  table.classList.add("is-live");
  document.querySelectorAll(".w-only-script").forEach(function (part) { part.hidden = false; });
  document.querySelectorAll("[data-without-script]").forEach(function (part) { part.hidden = true; });

  function rows() { return Array.from(body.rows).filter(function (row) { return !row.hasAttribute("data-cut"); }); }
  function moving() { return rows().filter(function (row) { return !row.hasAttribute("data-fixed"); }); }
  function button(row, way) { return row.querySelector("button[value^='" + way + ":']"); }

  // Put the movable rows in this order into the places that are not fixed, then number all and draw the line.
  function lay(order) {
    var skipped = 0, next = 0, line = null;
    rows().map(function (row) { return row.hasAttribute("data-fixed") ? row : order[next++]; }).forEach(function (row, index) {
      body.appendChild(row);
      row.querySelectorAll("[data-was], input[name^='place-']").forEach(function (field) { field.value = index + 1; });
      row.querySelectorAll("[data-number]").forEach(function (place) { place.textContent = index + 1; });
      if (!row.hasAttribute("data-recommended") && ++skipped === left + 1) line = row;
    });
    if (cut && line) body.insertBefore(cut, line);
    order.forEach(function (row, index) {
      button(row, "up").disabled = index === 0;
      button(row, "down").disabled = index === order.length - 1;
    });
  }
  function moveTo(row, place, focus) {
    var order = moving();
    order.splice(order.indexOf(row), 1);
    order.splice(Math.max(0, Math.min(place, order.length)), 0, row);
    laying = true;  // a row that is moved loses the focus, and its field then says that it was changed
    lay(order);
    laying = false;
    row.querySelector("[data-was]").dispatchEvent(new Event("input", { bubbles: true }));
    var all = rows(), number = all.indexOf(row) + 1;
    said.textContent = said.dataset.words.replace("{name}", row.dataset.name).replace("{place}", number).replace("{count}", all.length);
    if (focus) focus.focus();
  }

  table.addEventListener("click", function (event) {
    var pressed = event.target.closest("button[name=move]");
    if (!pressed) return;
    event.preventDefault();
    var row = pressed.closest("tr"), up = pressed.value.indexOf("up:") === 0;
    moveTo(row, moving().indexOf(row) + (up ? -1 : 1));
    (pressed.disabled ? button(row, up ? "down" : "up") : pressed).focus();
  });
  table.addEventListener("change", function (event) {
    var field = event.target;
    if (laying || !/^place-/.test(field.name)) return;
    var row = field.closest("tr"), number = Number(field.value);
    if (number >= 1 && number % 1 === 0) {
      var others = rows().filter(function (one) { return one !== row; }).slice(0, number - 1);
      moveTo(row, others.filter(function (one) { return !one.hasAttribute("data-fixed"); }).length, field);
    } else field.value = row.querySelector("[data-was]").value;
  });
  table.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && /^place-/.test(event.target.name)) {
      event.preventDefault();
      event.target.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });

  // Dragging: the cell of the number is the handle; the row follows the pointer from place to place.
  table.addEventListener("pointerdown", function (event) {
    var grip = event.target.closest(".w-grip");
    if (!grip || event.button) return;
    event.preventDefault();
    held = grip.closest("tr");
    held.classList.add("is-held");
    grip.setPointerCapture(event.pointerId);
  });
  table.addEventListener("pointermove", function (event) {
    if (!held) return;
    var order = moving(), here = order.indexOf(held), there = here;
    order.forEach(function (row, index) {
      var box = row.getBoundingClientRect(), middle = box.top + box.height / 2;
      if (index < here && event.clientY < middle) there = Math.min(there, index);
      if (index > here && event.clientY > middle) there = index;
    });
    if (there !== here) moveTo(held, there);
  });
  ["pointerup", "pointercancel"].forEach(function (name) {
    table.addEventListener(name, function () {
      if (held) held.classList.remove("is-held");
      held = null;
    });
  });
}());

/* Keyboard shortcuts: single keys outside of fields, listed in the dialog that "?" opens. A switch turns all of them off. */
(function () {
  "use strict";

  var OFF = "wuhao-keys-off", PAUSE = 1500;
  var dialog = document.getElementById("keys"), here = null, prefix = "", timer;
  var switches = document.querySelectorAll("[data-keys-switch]");
  if (!dialog) return;

  function isOn() {
    try { return window.localStorage.getItem(OFF) !== "1"; } catch (refused) { return true; }
  }
  function show() {
    switches.forEach(function (label) {
      label.hidden = false;
      label.querySelector("input").checked = isOn();
    });
  }
  switches.forEach(function (label) {
    label.addEventListener("change", function (event) {
      try { window.localStorage.setItem(OFF, event.target.checked ? "0" : "1"); } catch (refused) { /* not kept */ }
      show();
    });
  });
  show();

  function rows() { return Array.prototype.slice.call(document.querySelectorAll("[data-rows] tbody tr")); }
  function current() {
    var focused = document.activeElement && document.activeElement.closest("[data-rows] tbody tr");
    return focused || (here && document.contains(here) ? here : null);
  }
  function go(step) {
    var all = rows(), at = all.indexOf(current());
    var row = at < 0 ? all[0] : all[Math.max(0, Math.min(all.length - 1, at + step))];
    if (!row) return;
    here = row;
    row.querySelector("a.name").focus();
  }
  function press(selector) {
    var row = current(), found = row && row.querySelector(selector);
    if (found) found.click();
  }
  var ACTS = {
    "j": function () { go(1); },
    "k": function () { go(-1); },
    "o": function () { press("a.name"); },
    "c": function () { press("[data-key=c]"); },
    "x": function () { press(".w-pick input"); },
    "/": function () {
      var field = document.querySelector("main input[type=search]");
      if (field) { field.focus(); field.select(); }
    },
    "?": function () { show(); dialog.showModal(); }
  };

  document.addEventListener("keydown", function (event) {
    var field = event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
    if (field || event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]") || !isOn()) return;
    if (prefix) {
      var link = dialog.querySelector("[data-keys=\"" + prefix + " " + (/^[a-z]$/.test(event.key) ? event.key : "") + "\"]");
      prefix = "";
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    if (event.key === "g") {
      prefix = "g";
      window.clearTimeout(timer);
      timer = window.setTimeout(function () { prefix = ""; }, PAUSE);
    } else if (Object.prototype.hasOwnProperty.call(ACTS, event.key)) {
      event.preventDefault();
      ACTS[event.key]();
    }
  });
}());

// A search box over a list of people to tick narrows the list as it is typed; what is ticked stays ticked.
(function () {
  "use strict";
  var form = document.querySelector("form[data-finds]");
  var list = form && document.getElementById(form.dataset.finds);
  if (!list || form.q.value) return;
  function narrow() {
    var words = form.q.value.trim();
    list.querySelectorAll(".w-choice").forEach(function (choice) {
      choice.hidden = !choice.textContent.includes(words) && !choice.querySelector("input").checked;
    });
  }
  form.q.addEventListener("input", narrow);
  form.addEventListener("submit", function (event) { event.preventDefault(); narrow(); });
}());
