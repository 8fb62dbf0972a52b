// What makes the pages quicker to use; every page works without it.
"use strict";
(function () {
  function each(list, work) { Array.prototype.forEach.call(list, work); }

  function readable(bytes) {
    return bytes >= 1048576 ? (bytes / 1048576).toFixed(1) + " MB" : Math.max(1, Math.floor(bytes / 1024)) + " KB";
  }

  // The drop zone: the input lies over it, so dropping and choosing are the browser's own doing.
  each(document.querySelectorAll("form.drop"), function (form) {
    var input = form.querySelector("input[type=file]");
    var chosen = form.querySelector(".chosen");
    var warning = form.querySelector(".warn");
    var button = form.querySelector("button");
    function show() {
      var sum = 0;
      chosen.textContent = "";
      each(input.files, function (file) {
        var item = document.createElement("li");
        item.textContent = file.name + "  " + readable(file.size);
        chosen.appendChild(item);
        sum += file.size;
      });
      var tooMany = input.files.length > Number(form.dataset.count);
      var tooLarge = sum > Number(form.dataset.most);
      warning.hidden = !(tooMany || tooLarge);
      warning.textContent = tooMany ? warning.dataset.tooMany : warning.dataset.tooLarge;
      button.disabled = tooMany || tooLarge;
      form.classList.toggle("ready", input.files.length > 0);
    }
    input.addEventListener("change", show);
    ["dragenter", "dragover"].forEach(function (name) {
      form.addEventListener(name, function () { form.classList.add("over"); });
    });
    ["dragleave", "drop"].forEach(function (name) {
      form.addEventListener(name, function () { form.classList.remove("over"); });
    });
    form.addEventListener("submit", function () {
      button.disabled = true; // so that a second click does no harm
      button.lastChild.textContent = button.dataset.busy;
    });
    window.addEventListener("pageshow", function () {
      button.disabled = false;
      show();
    });
  });

  // A page that waits is asked for again whenever a check gets further. A list changes in place, so that nobody loses
  // the line being read; the page of one file becomes its result.
  function isWaiting() { return document.querySelector("[data-waits]"); }

  function renew() {
    var list = document.getElementById("progress");
    if (!list) { location.reload(); return; }
    var request = new XMLHttpRequest();
    request.open("GET", location.href);
    request.responseType = "document";
    request.onload = function () {
      var fresh = request.response && request.response.getElementById("progress");
      if (!fresh) { location.reload(); return; }
      if (!list.contains(document.activeElement)) { list.replaceWith(fresh); return; }
      var place = list.querySelectorAll("a");
      place = Array.prototype.indexOf.call(place, document.activeElement);
      var name = document.activeElement.getAttribute("href");
      list.replaceWith(fresh);
      var same = fresh.querySelector('a[href="' + name + '"]') || fresh.querySelectorAll("a")[place];
      if (same) { same.focus(); }
    };
    request.send();
  }

  if (isWaiting() && window.EventSource) {
    var first = true;
    var source = new EventSource("/checks/events");
    var mine = isWaiting().dataset.waits;
    source.onmessage = function (message) {
      var steps = JSON.parse(message.data);
      if (!first && !mine || mine && (steps[mine] || "done") === "done") { renew(); }
      first = false;
      if (Object.keys(steps).every(function (key) { return steps[key] === "done"; })) {
        source.close();
        if (isWaiting()) { renew(); }
      }
    };
    window.addEventListener("pagehide", function () { source.close(); });
  } else if (isWaiting()) {
    setTimeout(function () { location.reload(); }, 2000);
  }
})();
