import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const script = fileURLToPath(new URL("../scripts/settings.mjs", import.meta.url));

/** The environment that the commands give to the server and the simulator. */
function environment(settings: Record<string, string>): Record<string, string> {
  const code = `import { readSystem } from ${JSON.stringify(script)}; console.log(JSON.stringify(readSystem().env))`;
  // Only these settings: an .env file of this checkout does not override what is set, even to an empty string.
  const env = { PATH: process.env.PATH, WECHAT_APPS: "", SIMULATOR_CALLBACK_HOST: "", ...settings };
  const args = ["--input-type=module", "--eval", code];
  return JSON.parse(execFileSync(process.execPath, args, { env, encoding: "utf8" }));
}

describe("SIMULATOR_CALLBACK_HOST", () => {
  it("is the host of PUBLIC_URL by default", () => {
    const env = environment({ PORT: "4321", PUBLIC_URL: "http://login.localhost:4321" });
    expect(env.SIMULATOR_CALLBACK_HOST).toBe("login.localhost:4321");
  });

  it("is taken as it is set", () => {
    const env = environment({ PORT: "4321", SIMULATOR_CALLBACK_HOST: "localhost:4321,localhost:5000" });
    expect(env.SIMULATOR_CALLBACK_HOST).toBe("localhost:4321,localhost:5000");
  });
});
