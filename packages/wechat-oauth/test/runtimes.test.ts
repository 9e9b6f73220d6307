import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { buildPackage } from "./built-package.js";
import { openid, tokenAnswer, userInfoAnswer } from "./fake-wechat.js";
import { serve } from "./local-server.js";

const { folder } = await buildPackage();
const library = pathToFileURL(join(folder, "dist", "index.js")).href;
const smoke = fileURLToPath(new URL("./runtimes/smoke.mjs", import.meta.url));
const binary = (name: string) => fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));

/** Answers like WeChat's: text/plain without a charset, a raw control character in a nickname, 200 for a refusal. */
const answers: Record<string, string> = {
  "/sns/oauth2/access_token": JSON.stringify(tokenAnswer),
  "/sns/userinfo": JSON.stringify({ ...userInfoAnswer, nickname: "小X明🎉" }).replace("X", "\u0014"),
  "/sns/oauth2/refresh_token": JSON.stringify({
    errcode: 40030,
    errmsg: "invalid refresh_token, rid: 6114eeb9-0032c16a-61fbf7ce",
  }),
};

describe.each(["fetch", "node"])("a sign-in with the built package by %s", (way) => {
  it.each([
    ["Node", process.execPath, []],
    ["Bun", binary("bun"), ["run"]],
    [
      "Deno",
      binary("deno"),
      ["run", "--no-prompt", "--no-config", `--allow-read=${folder}`, "--allow-net=127.0.0.1"],
    ],
  ])(
    "runs under %s",
    async (_, runtime, options) => {
      const { url } = await serve((request, response) => {
        const answer = answers[new URL(request.url ?? "", "http://localhost").pathname];
        response.setHeader("content-type", "text/plain").end(answer ?? "{}");
      });
      const { stdout } = await promisify(execFile)(runtime, [...options, smoke, library, url, way], {
        cwd: folder,
        env: { ...process.env, DENO_DIR: join(folder, "deno"), DENO_NO_UPDATE_CHECK: "1" },
        timeout: 60_000,
      });
      expect(JSON.parse(stdout)).toEqual({
        state: expect.stringMatching(/^[0-9a-f]{32}$/),
        callback: "grant",
        again: "mismatch",
        openid,
        nickname: "小明🎉",
        failure: { name: "WeChatApiError", errcode: 40030, rid: "6114eeb9-0032c16a-61fbf7ce" },
        signature: "0f9de62fce790f9a083d5c99e95740ceb90c27ed",
        client: "wechat",
        printed: '{"appId":"wx0123456789abcdef"}',
      });
    },
    120_000,
  );
});
