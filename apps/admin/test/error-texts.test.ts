// @vitest-environment happy-dom
import { TRPCClientError } from "@trpc/client";
import { createElement } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { IntlProvider } from "use-intl";
import { describe, expect, it } from "vitest";
import { en } from "../src/messages/en.js";
import { zh } from "../src/messages/zh.js";
import { mayHelpToRetry, requestNumberOf, useErrorText, useRefusalText } from "../src/ui/error-messages.js";

interface Words {
  ofError: (error: unknown) => string;
  ofRefusal: (appCode: string) => string;
}

function wordsIn(locale: "en" | "zh"): Words {
  let words: Words | undefined;
  function Probe() {
    words = { ofError: useErrorText(), ofRefusal: useRefusalText() };
    return null;
  }
  const messages = locale === "en" ? en : (zh as typeof en);
  const root = createRoot(document.createElement("div"));
  flushSync(() =>
    root.render(
      createElement(IntlProvider, { locale, messages, timeZone: "UTC" } as never, createElement(Probe)),
    ),
  );
  return words as Words;
}

/** As the api sends it; without data, the connection failed. */
const error = (data?: { code: string; httpStatus: number; appCode: string | null }) =>
  new TRPCClientError(
    "no",
    data && { result: { error: { message: "no", code: -32603, data: { ...data, requestId: "01K" } } } },
  );

const languages = [
  ["en", en],
  ["zh", zh as typeof en],
] as const;

describe("the words for an error", () => {
  it.each(languages)("are those of each reason that the api names (%s)", (language, { formError }) => {
    const words = wordsIn(language);
    const refused = (appCode: string) => error({ code: "BAD_REQUEST", httpStatus: 400, appCode });
    const names = Object.keys(formError);
    expect(names.map((name) => [name, words.ofError(refused(name))])).toEqual(Object.entries(formError));
    expect(names.map((name) => [name, words.ofRefusal(name)])).toEqual(Object.entries(formError));
  });

  it.each(languages)("are those of its kind where it has no name of its own (%s)", (language, messages) => {
    const { ofError, ofRefusal } = wordsIn(language);
    const of = (code: string) => ofError(error({ code, httpStatus: 400, appCode: "of_another_version" }));
    const { changedBody, serverBody, networkBody, tooMany, forbiddenBody, badFormBody } =
      messages.errorMessage;
    expect(
      ["TOO_MANY_REQUESTS", "FORBIDDEN", "BAD_REQUEST", "NOT_FOUND", "CONFLICT", "INTERNAL_SERVER_ERROR"].map(
        of,
      ),
    ).toEqual([tooMany, forbiddenBody, badFormBody, changedBody, changedBody, serverBody]);
    expect([ofError(error()), ofError(new Error("a bug"))]).toEqual([networkBody, networkBody]);
    expect([ofRefusal("not_found"), ofRefusal("of_another_version")]).toEqual([changedBody, serverBody]);
  });
});

describe("an error", () => {
  const of = (httpStatus: number) => error({ code: "SOME", httpStatus, appCode: null });

  it("has a number to look for, and may be gone at the next try, where the server is to blame", () => {
    const all = [of(400), of(499), of(500), of(503), error(), new Error("a bug")];
    expect(all.map(requestNumberOf)).toEqual([undefined, undefined, "01K", "01K", undefined, undefined]);
    expect(all.map(mayHelpToRetry)).toEqual([false, false, true, true, true, true]);
  });
});
