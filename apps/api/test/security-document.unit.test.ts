import { readFileSync } from "node:fs";
import { createState } from "@wechat-login/oauth";
import { describe, expect, it } from "vitest";
import { Sqlite } from "../src/db/better-sqlite3.js";
import { defaultPasswordCost } from "../src/domain/operators/password-hash.js";
import { environment } from "../src/env.js";
import { onlyOn } from "./support/engine.js";

const text = readFileSync(new URL("../../../SECURITY.md", import.meta.url), "utf8").replace(/\s+/g, " ");

describe("SECURITY.md", () => {
  it("states that WeChat has neither PKCE nor a nonce, what a stolen code could do, and what limits that [T13]", () => {
    expect(text).toContain("WeChat offers **neither PKCE nor a nonce**.");
    expect(text).toContain(
      "A code that is stolen before it is used could therefore be injected into another browser's callback.",
    );
    const minutes = environment.STATE_TTL_SECONDS.schema.parse(undefined) / 60;
    expect(minutes).toBe(10);
    expect(createState()).toHaveLength(128 / 4);
    expect(text).toContain(
      "`state` is 128 random bits, valid once, for ten minutes at most, and only in the browser that started the sign-in",
    );
    expect(text).toContain("WeChat refuses it afterwards (40163), and it expires after five minutes");
  });

  it("names the cost of operators' passwords as it is", () => {
    const { log2N, r, p } = defaultPasswordCost;
    expect(text).toContain(`scrypt (N=2^${log2N}, r=${r}, p=${p})`);
  });
});

onlyOn("sqlite", "SQLite", {}, () => {
  it("is of a version that does not damage its write-ahead log: 3.51.3 or newer [T103]", () => {
    const client = new Sqlite(":memory:");
    const version = client.prepare("select sqlite_version()").pluck().get() as string;
    client.close();
    expect(version.localeCompare("3.51.3", "en", { numeric: true })).toBeGreaterThanOrEqual(0);
  });
});
