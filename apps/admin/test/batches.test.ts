// @vitest-environment happy-dom
import { expect, it, onTestFinished, vi } from "vitest";
import { queryClient, trpc } from "../src/api/client.js";
import { StandInApi } from "./support/stand-in-api.js";

it("what a page asks for at once goes in requests of ten, as the server takes at most", async () => {
  const api = new StandInApi({ "people.count": { count: 1, isMore: false } });
  const sizes: number[] = [];
  onTestFinished(() => {
    vi.unstubAllGlobals();
    queryClient.clear();
  });
  vi.stubGlobal("fetch", (url: string, init?: RequestInit) => {
    sizes.push(new URL(url, location.origin).pathname.split(",").length);
    return api.fetch(url, init);
  });
  const searched = Array.from({ length: 23 }, (_, n) => `person ${n}`);
  await Promise.all(searched.map((q) => queryClient.fetchQuery(trpc.people.count.queryOptions({ q }))));
  expect(sizes).toEqual([10, 10, 3]);
  expect(api.inputsOf("people.count")).toEqual(searched.map((q) => ({ q })));
});
