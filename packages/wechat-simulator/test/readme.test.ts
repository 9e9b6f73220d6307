import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FAULT_KINDS } from "../src/faults/fault.js";
import { API_ENDPOINTS, API_PATHS } from "../src/protocol/endpoints.js";
import { limitsOf } from "../src/protocol/limits.js";
import { startSimulator } from "../src/start-simulator.js";
import { DEFAULT_SETTINGS } from "../src/stores/settings.js";
import { Store } from "../src/stores/store.js";

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");
/** First and second cell of every row of every table, without the backticks. */
const ROWS = new Map(
  README.split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").map((cell) => cell.trim().replace(/^`(.*)`$/, "$1")))
    .map(([, first = "", second = ""]) => [first, second]),
);

describe("README", () => {
  it.each(Object.entries(DEFAULT_SETTINGS))("has a row for the switch %s with its default", (name, value) => {
    expect(ROWS.get(name)).toBe(String(value));
  });

  it.each(API_ENDPOINTS)("lists the endpoint %s and its path", (endpoint) => {
    expect(README).toMatch(new RegExp(`\`${endpoint}\`[,. ]`));
    expect([...ROWS.keys()]).toContainEqual(
      expect.stringMatching(new RegExp(`^(GET|POST) ${API_PATHS[endpoint]}$`)),
    );
  });

  it.each(FAULT_KINDS)("has a row for the fault %s", (kind) => {
    expect(ROWS.has(kind)).toBe(true);
  });

  it.each(Object.keys(limitsOf(false)))("has a row for the limit %s", (limit) => {
    expect([...ROWS.keys()].some((name) => name === limit || name === `${limit}.<endpoint>`)).toBe(true);
  });

  it("lists every method of startSimulator()", async () => {
    const simulator = await startSimulator();
    await simulator.close();
    const example = /## In tests\n[\s\S]*?\n## /.exec(README)?.[0] ?? "";
    for (const name of Object.keys(simulator)) expect(example).toMatch(new RegExp(`\\b${name}\\b`));
  });

  it("has a row for every named person and for every demo app with its secret", () => {
    const store = new Store();
    for (const { id } of store.people.list()) expect(ROWS.has(id)).toBe(true);
    for (const { appId, appSecret } of store.apps.list()) {
      expect(README).toContain(`| \`${appId}\` | \`${appSecret}\` |`);
    }
  });
});
