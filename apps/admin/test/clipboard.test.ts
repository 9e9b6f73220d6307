// @vitest-environment happy-dom
import { describe, expect, it, vi } from "vitest";
import { consoleTests, openConsole } from "./support/console.js";
import { acts, doneAnswers } from "./support/every-act.js";
import { everyAnswer } from "./support/every-page.js";
import { all, textOf } from "./support/markup-rules.js";
import { transcript } from "./support/transcript.js";

// What is copied, and what says so.

consoleTests();

const clipboard = () => vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
const button = (name: string) =>
  all("button").findLast((one) => (one.getAttribute("aria-label") ?? textOf(one)) === name) as HTMLElement;

describe("a button that copies an id", () => {
  it("says for a moment that it did, or that the browser forbids it, in its name, title and icon", async () => {
    const console = await openConsole("/people", { answers: everyAnswer });
    const copy = button("Copy openid");
    const look = () => [transcript(copy), copy.title, copy.getAttribute("aria-label"), copy.dataset.copied];
    const before = look();
    expect(before).toEqual([["[Copy openid: ‹copy›]"], "Copy openid", "Copy openid", undefined]);
    const write = clipboard();
    await console.click(copy);
    expect(write.mock.calls).toEqual([["oAliceInMain000000000000001"]]);
    const copied = [["[Copied: ‹check›]"], "Copied", "Copied", "true"];
    expect(look()).toEqual(copied);
    await console.wait(1400);
    expect(look()).toEqual(copied);
    await console.wait(200);
    expect(look()).toEqual(before);
    write.mockRejectedValue(new Error("no"));
    await console.click(copy);
    const failed = "The browser blocked copying";
    expect(look()).toEqual([[`[${failed}: ‹alert-triangle›]`], failed, failed, undefined]);
  });
});

describe("a secret that is shown once", () => {
  it("is copied, and a status says so for three seconds, or that the browser forbids it", async () => {
    const { path, steps } = [acts["hosts.createKey"] ?? []].flat()[0] as { path: string; steps: string[] };
    const console = await openConsole(path, { role: "owner", answers: { ...everyAnswer, ...doneAnswers } });
    for (const step of steps) await console.click(button(step));
    const write = clipboard();
    const said = () => [
      textOf(all('[role="dialog"] [role="status"]').at(-1) as HTMLElement),
      transcript(button("Copy API key"))[0],
    ];
    const before = ["", "[‹copy›Copy API key]"];
    expect(said()).toEqual(before);
    await console.click(button("Copy API key"));
    expect(write.mock.calls).toEqual([["wlk_AAAABBBB"]]);
    const copied = said();
    expect(copied).toEqual([expect.stringMatching(/copied/i), "[‹check›Copy API key]"]);
    await console.wait(2900);
    expect(said()).toEqual(copied);
    await console.wait(200);
    expect(said()).toEqual(before);
    write.mockRejectedValue(new Error("no"));
    await console.click(button("Copy API key"));
    expect(said()).toEqual([expect.stringMatching(/block/i), "[‹alert-triangle›Copy API key]"]);
  });
});

describe("the text for a ticket", () => {
  it("says at its button that it is copied, or that it is not", async () => {
    const console = await openConsole("/errors?open=01KFAILURE0000000000000001", { answers: everyAnswer });
    const write = clipboard();
    const copy = button("Copy for a ticket");
    await console.click(copy);
    // A call within a sign-in has the number of that, which the person saw.
    expect(write.mock.calls[0]?.[0].split("\n")[0]).toMatch(/: 01KSIGNIN00000000000000001$/);
    const said = [transcript(copy)];
    await console.wait(1400);
    said.push(transcript(copy));
    await console.wait(200);
    said.push(transcript(copy));
    write.mockRejectedValue(new Error("no"));
    await console.click(copy);
    said.push(transcript(copy));
    expect(said.flat()).toEqual([
      "[‹check›Copied]",
      "[‹check›Copied]",
      "[‹copy›Copy for a ticket]",
      "[‹copy›Could not copy]",
    ]);
  });
});
