import { expect, it } from "vitest";
import type { Browser, Page } from "../src/traffic/browser.js";
import { signIn } from "../src/traffic/sign-in.js";

// The pages of an application, as a traffic run reads them. The browser answers from a list.

const app = {
  start: new URL("http://app/login"),
  wechat: new URL("http://wechat"),
  button: "/login/profile",
};

async function visit(answers: Record<string, Partial<Page>>) {
  const visited: string[] = [];
  const open = async (url: URL): Promise<Page> => {
    visited.push(url.href);
    return { url, status: 200, html: "", ...answers[url.href] };
  };
  const browser = { options: { app, sleep: async () => undefined }, open } as unknown as Browser;
  return { result: await signIn(browser), visited };
}

it("follows the link of an application's page to the address that its markup means", async () => {
  const html = '<a href="/other">x</a><a href="/login/profile?a=1&amp;b=2">Go on</a>';
  const end = "http://app/login/profile?a=1&b=2";
  const { result, visited } = await visit({ [app.start.href]: { html } });
  expect(visited).toEqual([app.start.href, end]);
  expect(result).toEqual({ label: "signed in", signedIn: true });
});

it("reports the first sixty characters of a title up to its dot, and of an address without one", async () => {
  const labelOf = async (status: number, html: string) =>
    (await visit({ [app.start.href]: { status, html } })).result;
  const failed = (label: string) => ({ label, signedIn: false });
  expect(await labelOf(500, "<title> Too late · Shop</title>")).toEqual(failed("Too late"));
  expect(await labelOf(500, `<title>${"t".repeat(61)}</title>`)).toEqual(failed("t".repeat(60)));
  expect(await labelOf(200, "")).toEqual(failed("HTTP 200 at /login"));
});
