import { describe, expect, it } from "vitest";
import { html } from "../src/pages/html.js";

describe("markup", () => {
  it("takes strings as text, in attributes too", () => {
    expect(html`<p title="${`"'`}">${"<b>&"}</p>`.source).toBe('<p title="&quot;&#39;">&lt;b&gt;&amp;</p>');
  });

  it("takes other markup, and lists of it, as it is", () => {
    const items = ["one", "<two>"].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}</ul>`.source).toBe("<ul><li>one</li><li>&lt;two&gt;</li></ul>");
  });
});
