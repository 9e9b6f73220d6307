/**
 * The QR page's script. It polls the status of the scan as WeChat's page does, by loading scripts that set `wx_errcode`
 * and `wx_code`. Browsers run it as written here, so it is plain old JavaScript.
 */
export const PAGE_SCRIPT = `
(function () {
  var page = document.getElementById("scan");
  var uuid = page.getAttribute("data-uuid");
  var last = "";

  function poll() {
    window.wx_errcode = undefined;
    window.wx_code = "";
    var script = document.createElement("script");
    script.src = "/connect/l/qrconnect?uuid=" + uuid + last + "&_=" + Date.now();
    script.onload = script.onerror = function () {
      script.remove();
      react(window.wx_errcode, window.wx_code);
    };
    document.head.appendChild(script);
  }

  function react(status, code) {
    if (status === 405) return go(page.getAttribute("data-callback").replace("code=" + uuid, "code=" + code));
    if (status === 403) {
      var refused = page.getAttribute("data-refused");
      return refused ? go(refused) : show("403");
    }
    if (status === 402) return show("402");
    if (status === 404) {
      last = "&last=404";
      show("404");
    }
    // No change, or no response: poll again after a pause.
    setTimeout(poll, status === undefined ? 2000 : 300);
  }

  function show(status) {
    var texts = page.querySelectorAll("[data-status]");
    for (var index = 0; index < texts.length; index += 1) {
      texts[index].hidden = texts[index].getAttribute("data-status") !== status;
    }
  }

  function go(url) {
    (page.getAttribute("data-self-redirect") === "true" ? window : window.top).location.href = url;
  }

  // Not earlier: a pending script would delay the load event.
  window.addEventListener("load", function () {
    setTimeout(poll, 0);
  });
})();
`;
