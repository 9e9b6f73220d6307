/** The path of the script at res.wx.qq.com. */
export const WX_LOGIN_PATH = "/connect/zh_CN/htmledition/js/wxLogin.js";

/**
 * `WxLogin` for pages that embed the QR code: it puts a frame with the QR page into the container.
 *
 * new WxLogin({ id, appid, scope, redirect_uri (encoded), state, self_redirect?, style?, href?, stylelite?, fast_login?, onReady? })
 *
 * The frame has the origin of this script. The sandbox lets the frame navigate the whole window to the app, which
 * browsers otherwise allow only after a tap.
 */
export const WX_LOGIN_SCRIPT = `
(function () {
  var origin = new URL(document.currentScript.src).origin;
  var passed = ["appid", "scope", "redirect_uri", "state", "style", "href", "stylelite", "fast_login"];

  window.WxLogin = function (options) {
    var query = "login_type=jssdk&response_type=code&self_redirect=" + (options.self_redirect === true);
    passed.forEach(function (name) {
      var value = options[name];
      if (value === undefined || value === null || value === "") return;
      // redirect_uri is already encoded.
      query += "&" + name + "=" + (name === "redirect_uri" ? value : encodeURIComponent(value));
    });
    var frame = document.createElement("iframe");
    frame.src = origin + "/connect/qrconnect?" + query + "#wechat_redirect";
    frame.width = options.stylelite ? "220" : "300";
    frame.height = options.stylelite ? "220" : "400";
    frame.title = "WeChat login";
    frame.style.border = "0";
    frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms allow-popups allow-top-navigation");
    frame.onload = function () {
      if (options.onReady) options.onReady(true);
    };
    var container = document.getElementById(options.id);
    container.innerHTML = "";
    container.appendChild(frame);
  };
})();
`;
