import { describe, expect, it } from "vitest";
import { decode, findRaw, parseRawQuery } from "../src/input/raw-query.js";
import { html } from "../src/pages/html.js";
import { initialOf } from "../src/pages/person-view.js";

describe("the html template", () => {
  it("escapes what it is given, in text and in attributes", () => {
    const { markup } = html`<p title="${`&<>"'`}">${`&<>"'`} ${3}</p>`;
    expect(markup).toBe('<p title="&amp;&lt;&gt;&quot;&#39;">&amp;&lt;&gt;&quot;&#39; 3</p>');
  });

  it("keeps nested markup and lists of it, and renders nothing for false and undefined", () => {
    const items = ["a", "<b>"].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}${false}${undefined}${[]}${0}</ul>`.markup).toBe(
      "<ul><li>a</li><li>&lt;b&gt;</li>0</ul>",
    );
  });
});

describe("the letter in place of an avatar", () => {
  it.each([
    ["林小满", "林"],
    ["🦊 Foxy", "🦊"],
    [`${"\u200B".repeat(20)}控制`, "控"],
    ["e\u0301mile", "e\u0301"], // a letter and its accent are one character
    ["\u202Eevil", "e"], // after a right-to-left override
    ["\u0014\u200B控制", "控"],
    ["\u200B\u200D", "·"],
    ["", "·"],
  ])("is the first visible character of the nickname: %j", (nickname, initial) => {
    expect(initialOf(nickname)).toBe(initial);
  });
});

describe("the query of a request, undecoded", () => {
  it("has each parameter in its order, with what stands after the first =", () => {
    expect(parseRawQuery("/a?b=%20c&d&&e=f=g&=h&b=i?j")).toEqual([
      { name: "b", value: "%20c" },
      { name: "d", value: "" },
      { name: "e", value: "f=g" },
      { name: "", value: "h" },
      { name: "b", value: "i?j" },
    ]);
    expect([parseRawQuery("/a"), parseRawQuery("/a?"), parseRawQuery("b=c")]).toEqual([[], [], []]);
  });

  it("has the first parameter of a name, which is decoded unless an escape is invalid", () => {
    const parameters = parseRawQuery("/a?b=1&b=2");
    expect([findRaw(parameters, "b"), findRaw(parameters, "c")]).toEqual(["1", undefined]);
    expect([decode("a%20b+c"), decode("%zz")]).toEqual(["a b+c", undefined]);
  });
});
