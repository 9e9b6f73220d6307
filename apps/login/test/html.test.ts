import { describe, expect, it } from "vitest";
import { html } from "../src/pages/html.js";

describe("the html template", () => {
  it("escapes strings, in attributes too", () => {
    expect(html`<p title="${`"'`}">${"<b>&"}</p>`.source).toBe('<p title="&quot;&#39;">&lt;b&gt;&amp;</p>');
  });

  it("keeps nested markup, and lists of it, unescaped", () => {
    const items = ["one", "<two>"].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}</ul>`.source).toBe("<ul><li>one</li><li>&lt;two&gt;</li></ul>");
  });
});
