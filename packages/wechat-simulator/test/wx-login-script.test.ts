import { createContext, runInContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { WX_LOGIN_SCRIPT } from "../src/qr/wx-login-js.js";

/** What `new WxLogin(options)` puts into the page: the frame as a whole, and how often `onReady` was called. */
function embed(options: object) {
  const ready: unknown[] = [];
  const attributes: Record<string, string> = {};
  const frame = {
    style: {} as Record<string, string>,
    onload: undefined as (() => void) | undefined,
    setAttribute: (name: string, value: string) => {
      attributes[name] = value;
    },
  };
  const container = { innerHTML: "before", children: [] as unknown[] };
  const found: string[] = [];
  const document = {
    currentScript: { src: "http://simulator:4010/connect/zh_CN/htmledition/js/wxLogin.js" },
    createElement: (name: string) => (name === "iframe" ? frame : undefined),
    getElementById: (id: string) => {
      found.push(id);
      return Object.assign(container, { appendChild: (child: unknown) => container.children.push(child) });
    },
  };
  const window: { WxLogin?: (options: object) => void } = {};
  runInContext(WX_LOGIN_SCRIPT, createContext({ window, document, URL, encodeURIComponent }));
  window.WxLogin?.({ id: "login", onReady: (isReady: unknown) => ready.push(isReady), ...options });
  const { setAttribute: _, onload, style, ...properties } = frame;
  onload?.();
  expect([found, container.innerHTML, container.children]).toEqual([["login"], "", [frame]]);
  return { ...properties, ...attributes, style, ready };
}

const least = { appid: "wx1", scope: "snsapi_login", redirect_uri: "http%3A%2F%2Fa%2Fcb", state: "s 1" };
const link = "http://simulator:4010/connect/qrconnect?login_type=jssdk&response_type=code";
const frame = {
  width: "300",
  height: "400",
  title: "WeChat login",
  style: { border: "0" },
  sandbox: "allow-scripts allow-same-origin allow-forms allow-popups allow-top-navigation",
  ready: [true],
};

describe("the frame that the simulator's wxLogin.js makes", () => {
  it.each<[string, object, object]>([
    [
      "the least options",
      {},
      {
        src: `${link}&self_redirect=false&appid=wx1&scope=snsapi_login&redirect_uri=http%3A%2F%2Fa%2Fcb&state=s%201#wechat_redirect`,
      },
    ],
    [
      "every option",
      { self_redirect: true, style: "white", href: "https://a/b.css?c", stylelite: 1, fast_login: 0 },
      {
        src: `${link}&self_redirect=true&appid=wx1&scope=snsapi_login&redirect_uri=http%3A%2F%2Fa%2Fcb&state=s%201&style=white&href=https%3A%2F%2Fa%2Fb.css%3Fc&stylelite=1&fast_login=0#wechat_redirect`,
        width: "220",
        height: "220",
      },
    ],
    [
      "empty options",
      { state: "", style: null, href: undefined, self_redirect: "true" },
      {
        src: `${link}&self_redirect=false&appid=wx1&scope=snsapi_login&redirect_uri=http%3A%2F%2Fa%2Fcb#wechat_redirect`,
      },
    ],
  ])("is whole with %s", (_which, options, expected) => {
    expect(embed({ ...least, ...options })).toEqual({ ...frame, ...expected });
  });

  it("needs no onReady", () => {
    expect(embed({ ...least, onReady: undefined }).ready).toEqual([]);
  });
});
