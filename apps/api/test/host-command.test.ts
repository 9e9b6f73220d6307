import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Database } from "../src/db/database.js";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { rowsOf } from "./support/rows.js";
import { commandRunner } from "./support/run-command.js";
import { secretKey } from "./support/system.js";

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await testDatabase();
  db = await database.open();
});
afterAll(() => db.close().then(database.remove));

const runCommand = commandRunner(() => ({ SECRET_KEYS: secretKey, DATABASE_URL: "", ...database.env }));
const run = (command: string, ...more: string[]) =>
  runCommand(() => import("../src/host.js"), [...command.split(" "), ...more]);

const said = (stdout: string) => ({ stdout, stderr: "", exitCode: undefined });
const refused = (stderr: string) => ({ stdout: "", stderr: `${stderr}\n`, exitCode: 1 });

describe("the host command", () => {
  it("makes a host application and its keys, shows each key once, and writes an audit entry of every act [T106]", async () => {
    expect(await run("list")).toEqual(said("There is no host application.\n"));
    const shop = ["--name", " The shop ", "--origin", "https://Shop.example/,http://localhost:3000"];
    expect(
      await run("create shop", ...shop, "--redirect", "/a/../wechat/return", "--redirect", "/é"),
    ).toEqual(
      said(
        "The host application shop is made. Its first key: npm run host -- keys create shop --scope tickets\n",
      ),
    );
    expect(await run("create shop", ...shop, "--redirect", "/")).toEqual(
      refused("There is a host application shop: update changes it."),
    );
    expect(await run("list")).toEqual(
      said(
        "shop  The shop\n  origins    https://shop.example, http://localhost:3000\n  redirects  /wechat/return, /%C3%A9\n",
      ),
    );

    const cidrs = ["--cidr", "203.0.113.0/24,2001:db8::/32", "--cidr", "198.51.100.7"];
    const made = await run(
      "keys create shop",
      "--scope",
      "tickets,users:read",
      "--scope",
      "tickets",
      ...cidrs,
    );
    const key = /^(wlk_[\w-]{43})\n$/.exec(made.stdout)?.[1] ?? "";
    const [row] = await rowsOf(db, "apiKeys");
    expect({ ...made, stdout: key.length }).toEqual({
      stdout: 47,
      stderr: `Key ${row?.id} of shop, shown this once:\n`,
      exitCode: undefined,
    });
    expect((await database.bytes()).includes(key)).toBe(false);
    const line = (state: string) =>
      [
        `${row?.id}  …${key.slice(-4)}${state}`,
        "  scopes     tickets, users:read",
        "  networks   203.0.113.0/24, 2001:db8::/32, 198.51.100.7/32",
        `  created    ${row?.createdAt.toISOString()}`,
        "  last used  never\n",
      ].join("\n");
    expect(await run("keys list shop")).toEqual(said(line("")));

    expect(await run(`keys revoke ${row?.id}`)).toEqual(said(`The key ${row?.id} is refused from now on.\n`));
    const [revoked] = await rowsOf(db, "apiKeys");
    expect(await run("keys list shop")).toEqual(
      said(line(`  (revoked ${revoked?.revokedAt?.toISOString()})`)),
    );
    expect(await run(`keys revoke ${row?.id}`)).toEqual(
      refused(`There is no key ${row?.id}, or it was revoked already: keys list ID shows them.`),
    );

    expect(await run("update shop", "--name", "Shop")).toEqual(
      said("The host application shop is changed.\n"),
    );
    expect(await run("update shop", "--origin", "https://new.example")).toEqual(
      said("The host application shop is changed.\n"),
    );
    expect(await run("disable shop")).toEqual(
      said(
        "The host application shop is disabled: from now on its keys are refused, and its webhooks get nothing.\n",
      ),
    );
    expect(await run("list")).toEqual(
      said(
        "shop  Shop  (disabled)\n  origins    https://new.example\n  redirects  /wechat/return, /%C3%A9\n",
      ),
    );
    expect(await run("keys create shop", "--scope", "tickets")).toEqual(
      refused("There is no host application shop, or it is disabled: npm run host -- list."),
    );
    expect(await run("disable shop")).toEqual(
      refused("There is no host application shop, or it is disabled already."),
    );
    expect(await run("enable shop")).toEqual(said("The host application shop is enabled.\n"));
    expect(await run("enable shop")).toEqual(
      refused("There is no host application shop, or it is not disabled."),
    );

    const entries = await rowsOf(db, "auditLog");
    const acts = entries.map(({ operatorId, event, target, result, ip }) => [
      ...[operatorId, event, target, result, ip],
    ]);
    expect(acts.sort()).toEqual(
      [
        ["host.create", "shop"],
        ["host.create_key", row?.id],
        ["host.disable", "shop"],
        ["host.enable", "shop"],
        ["host.revoke_key", row?.id],
        ["host.update", "shop"],
        ["host.update", "shop"],
      ].map(([event, target]) => [null, event, target, "ok", null]),
    );
  });

  const valid = ["--name", "N", "--origin", "https://n.example", "--redirect", "/r"];
  it.each([
    [["create", "Shop", ...valid], "The id is up to 64 lower-case letters, digits, - and _, such as shop."],
    [["create", "n", ...valid.slice(2)], "--name is 1 to 100 characters that people read, such as The shop."],
    [
      ["create", "n", "--name", "N"],
      "--origin is where its pages are, such as https://shop.example.\n--redirect is the path at its origins that takes a ticket, such as /wechat/return.",
    ],
    ...[
      "n.example",
      "ftp://n.example",
      "https://n.example/path",
      "https://*.example",
      "https://a:b@n.example",
    ].map((origin): [string[], string] => [
      ["create", "n", ...valid, "--origin", origin],
      `--origin ${origin}: scheme, host and port only, such as https://shop.example.`,
    ]),
    ...["r", "//evil.example", "/a/..//evil.example", "/\\evil.example", "/r?x=1", "/r#x", "/a b"].map(
      (path): [string[], string] => [
        ["create", "n", ...valid, "--redirect", path],
        `--redirect ${path}: a path that starts with one /, without ? and #, such as /wechat/return.`,
      ],
    ),
    [
      ["update", "n", "--name", "N"],
      "There is no host application n, or it is disabled: npm run host -- list.",
    ],
    [["update", "n"], "Give --name, --origin or --redirect."],
    [["update", "n", "--origin", ","], "--origin needs a value."],
    [["update", "n", "--redirect", ","], "--redirect needs a value."],
    [
      ["keys", "create", "n"],
      "--scope: give at least one. There are tickets, sessions, bind, users:read, identities:read, users:write, merge, tokens, jssdk, events.",
    ],
    [
      ["keys", "create", "n", "--scope", "tickets,admin"],
      "--scope admin: unknown. There are tickets, sessions, bind, users:read, identities:read, users:write, merge, tokens, jssdk, events.",
    ],
    ...["203.0.113.0/33", "203.0.113", "::ffff:203.0.113.0/120", "2001:db8::/129", "fe80::1%eth0", "any"].map(
      (cidr): [string[], string] => [
        ["keys", "create", "n", "--scope", "tickets", "--cidr", cidr],
        `--cidr ${cidr}: a network such as 203.0.113.0/24 or 2001:db8::/32, or one address.`,
      ],
    ),
  ])("refuses %j and says what is allowed", async ([command = "", ...args], sentence) => {
    expect(await run(command, ...args)).toEqual(refused(sentence));
    expect((await rowsOf(db, "hostClients")).map(({ id }) => id)).toEqual(["shop"]);
  });

  it.each([
    ["", "The commands are: create, update, list, disable, enable, keys create, keys list, keys revoke."],
    ["keys", "The commands are: create, update, list, disable, enable, keys create, keys list, keys revoke."],
    ["list shop", "list takes no id."],
    ["disable", "disable takes one id."],
    ["disable a b", "disable takes one id."],
    ["disable shop --name N", "disable has no option --name."],
    ["list --name N", "list has no option --name."],
    ["enable shop --origin https://n.example", "enable has no option --origin."],
    ["create shop --scope tickets", "create has no option --scope."],
    ["keys create shop --redirect /r", "keys create has no option --redirect."],
    ["create shop --names N", "Unknown option '--names'"],
  ])("refuses the arguments %j with its usage", async (args, sentence) => {
    const result = await run(args);
    expect(result).toEqual({ stdout: "", stderr: expect.stringContaining(sentence), exitCode: 1 });
    expect(result.stderr).toContain("\nUsage:\n  npm run host -- create ID --name NAME");
  });

  it("takes only https origins in production", async () => {
    for (const [name, value] of Object.entries({
      NODE_ENV: "production",
      PUBLIC_URL: "https://login.example",
      WECHAT_APPS:
        '[{"key":"oa","kind":"official_account","profile":"none","appId":"wx1234567890abcdef","appSecret":"7c1fe0b29d4a8853c6f1d20e94ab3758"}]',
    })) {
      vi.stubEnv(name, value);
    }
    const origins = ["--origin", "http://shop.example,https://shop.example"];
    const sentence = "--origin http://shop.example: it must be https in production.";
    expect(await run("update shop", ...origins)).toEqual(refused(sentence));
    expect(await run("create n", "--name", "N", ...origins, "--redirect", "/r")).toEqual(refused(sentence));
  });

  it("lists several applications and several keys, one below the other, and changes where people return to", async () => {
    const origins = ["--origin", "https://a.example , https://b.example"];
    await run("create clinic", "--name", "Clinic", ...origins, "--redirect", "/old");
    expect(await run("update clinic", "--redirect", "/new , /newer")).toEqual(
      said("The host application clinic is changed.\n"),
    );
    const list = await run("list");
    expect(list.stdout.split("\n").slice(-7)).toEqual([
      "clinic  Clinic",
      "  origins    https://a.example, https://b.example",
      "  redirects  /new, /newer",
      expect.stringMatching(/^shop {2}Shop/),
      "  origins    https://new.example",
      "  redirects  /wechat/return, /%C3%A9",
      "",
    ]);
    expect(await run("keys list clinic")).toEqual(said("clinic has no key.\n"));
    for (let n = 0; n < 2; n++) await run("keys create clinic", "--scope", "events");
    const keys = await run("keys list clinic");
    const key = [
      /^\w{26} {2}…[\w-]{4}$/,
      /^ {2}scopes {5}events$/,
      /^ {2}networks {3}any$/,
      /created/,
      /never$/,
    ];
    expect(keys.stdout.split("\n")).toEqual([
      ...[...key, ...key].map((line) => expect.stringMatching(line)),
      "",
    ]);
  });
});
