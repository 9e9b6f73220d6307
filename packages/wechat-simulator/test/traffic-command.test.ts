import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../src/index.js";
import { type Command, runCommand } from "./command.js";
import { startApplication, type TestApplication } from "./traffic-application.js";

let simulator: Simulator;
let application: TestApplication;
const running: Command[] = [];

beforeEach(async () => {
  simulator = await startSimulator();
  application = await startApplication(simulator);
});
afterEach(async () => {
  for (const { child } of running.splice(0)) child.kill("SIGKILL");
  await application.close();
  await simulator.close();
});

function traffic(args: string[]): Command {
  const command = runCommand(["traffic", ...args]);
  running.push(command);
  return command;
}

describe("wechat-simulator traffic", { timeout: 30_000 }, () => {
  it("signs people in and prints a table", async () => {
    const command = traffic([
      "--at",
      application.url,
      "--people",
      "20",
      "--rate",
      "200",
      "--mix",
      "new=3,refuses=1",
      "--seed",
      "a",
    ]);
    expect(await command.ended).toBe(0);
    expect(command.said()).toContain(
      `20 people, 200 per second, through ${application.url}/login/wechat (--seed a)`,
    );
    expect(command.said()).toContain("20/20 finished · 0 in progress · 15 signed in");
    expect(command.said()).toMatch(/^new {7}signed in {12}15 +\d+ +\d+ +\d+$/m);
    expect(command.said()).toMatch(/^refuses {3}ended at WeChat {7}5 /m);
    expect(application.accounts.size).toBe(15);
  });

  it("stops on Ctrl-C and still prints the results", async () => {
    const command = traffic(["--at", application.url, "--people", "1000", "--rate", "20", "--mix", "new=1"]);
    await expect.poll(() => application.accounts.size, { timeout: 20_000 }).toBeGreaterThan(1);
    command.child.kill("SIGINT");
    expect(await command.ended).toBe(130);
    expect(command.said()).toMatch(/Stopped: \d+ of 1000 did not finish\.\n\nscenario /);
  });

  it("runs the demo, one person after the other, with a line for each", async () => {
    const command = traffic(["--at", application.url, "--demo"]);
    expect(await command.ended).toBe(0);
    const lines = command.said().trimEnd().split("\n");
    expect(lines).toHaveLength(17);
    expect(lines[0]).toBe(`${"signed in".padEnd(40)} alice     on Android, inside WeChat`);
    expect(lines.some((line) => line.startsWith("WeChat says 40163"))).toBe(true);
  });

  it("reports a missing application and invalid options in one line", async () => {
    const lost = traffic(["--at", "http://127.0.0.1:1"]);
    expect(await lost.ended).toBe(1);
    expect(lost.said()).toBe("No response from http://127.0.0.1:1: start the application first.\n");
    for (const wrong of [
      ["--people", "0"],
      ["--rate", "fast"],
      ["--mix", "old=1"],
      ["--at", "nowhere"],
      ["--traffics"],
    ]) {
      const command = traffic(wrong);
      expect(await command.ended, wrong.join(" ")).toBe(1);
      expect(command.said(), wrong.join(" ")).toContain(wrong[0]);
    }
  });
});
