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

  // In a small window a long result is a list first; what is said of a line unfolds, that of the line in the address too.
  if (window.matchMedia && window.matchMedia("(max-width: 40rem)").matches) {
    each(document.querySelectorAll("details.fold"), function (fold) {
      fold.open = location.hash === "#" + fold.parentNode.id;
    });
    window.addEventListener("beforeprint", function () {
      each(document.querySelectorAll("details.fold"), function (fold) { fold.open = true; });
    });
  }

  // A page that waits is asked for again whenever a check gets further. A list changes in place, so that nobody loses
  // the line being read; the page of one file becomes its result. A server that is gone for a while is waited for.
  var source = null;

  function isWaiting() { return document.querySelector("[data-waits]"); }

  function isTold() { return source && source.readyState !== EventSource.CLOSED; }

  function later() { setTimeout(renew, 3000); }

  function renew() {
    var list = document.getElementById("progress");
    var request = new XMLHttpRequest();
    request.open("GET", location.href);
    request.responseType = "document";
    request.onerror = later;
    request.onload = function () {
      var fresh = request.response && request.response.getElementById("progress");
      if (request.status >= 500) { later(); return; }
      if (!list || !fresh) { location.reload(); return; }
      put(fresh, list);
      if (isWaiting() && !isTold()) { later(); }
    };
    request.send();
  }

  function put(fresh, list) {
    if (!list.contains(document.activeElement)) { list.replaceWith(fresh); return; }
    var place = list.querySelectorAll("a");
    place = Array.prototype.indexOf.call(place, document.activeElement);
    var name = document.activeElement.getAttribute("href");
    list.replaceWith(fresh);
    var same = fresh.querySelector('a[href="' + name + '"]') || fresh.querySelectorAll("a")[place];
    if (same) { same.focus(); }
  }

  if (isWaiting() && window.EventSource) {
    var first = true;
    var mine = isWaiting().dataset.waits;
    source = new EventSource("/checks/events");
    source.onmessage = function (message) {
      var steps = JSON.parse(message.data);
      var isOver = Object.keys(steps).every(function (key) { return steps[key] === "done"; });
      if (isOver) { source.close(); }
      if (isOver || (mine ? (steps[mine] || "done") === "done" : !first)) { renew(); }
      first = false;
    };
    source.onerror = function () {
      if (!isTold()) { later(); } // refused for good, by a proxy whose server is gone
    };
    window.addEventListener("pagehide", function () { source.close(); });
  } else if (isWaiting()) {
    later();
  }
})();
