// A part of a page that is still changing is asked for again every few seconds and changed in place; when it has
// come to rest the page is shown anew. Without a script the page asks for itself.
"use strict";
(function () {
  var SECONDS = 3;

  function part(page) { return page && page.querySelector("[data-renew]"); }

  function renew() {
    var request = new XMLHttpRequest();
    request.open("GET", location.href);
    request.responseType = "document";
    request.onload = function () {
      if (request.status >= 500) { later(); return; } // a proxy whose server is gone for a while
      var here = part(document), fresh = part(request.response);
      if (!fresh) { location.reload(); return; }
      if (!here.contains(document.activeElement)) { here.parentNode.replaceChild(fresh, here); }
      later();
    };
    request.onerror = later;
    request.send();
  }

  function later() { setTimeout(renew, SECONDS * 1000); }

  if (part(document)) { later(); }
})();
