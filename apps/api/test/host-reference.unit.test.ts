import { describe, expect, it } from "vitest";
import { openApiOf } from "../src/http/host-api/openapi.js";
import { referencePage, referenceStyle } from "../src/http/host-api/reference-page.js";
import { listed, made, removed, replaced, sorted } from "./support/made-operations.js";

const document = openApiOf([made, listed, replaced, sorted, removed], {
  publicUrl: new URL("https://login.example"),
});

describe("the reference of the host API", () => {
  // Programs generate clients from it. Read the difference before `npx vitest run -u` accepts it.
  it("is the stored document: parameters, bodies, answers, problems and how a call is authenticated", () => {
    expect(document).toMatchSnapshot();
  });

  it.each(["en", "zh"] as const)("is the stored page for people who read %s", (language) => {
    expect(referencePage(document, language)).toMatchSnapshot();
  });

  it("is styled as stored", () => {
    expect(referenceStyle).toMatchSnapshot();
  });
});
