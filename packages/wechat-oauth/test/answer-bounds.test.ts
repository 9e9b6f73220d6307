import { describe, expect, it } from "vitest";
import {
  accessToken,
  clientAnswering,
  globalToken,
  grantFor,
  openid,
  operationsOf,
  tokenAnswer,
  userInfoAnswer,
} from "./fake-wechat.js";

const exchange = async (field: object) =>
  clientAnswering([{ ...tokenAnswer, ...field }]).client.exchangeCode(await grantFor());
const userInfo = (field: object) =>
  clientAnswering([{ ...userInfoAnswer, ...field }]).client.getUserInfo({ accessToken, openid });
const raw = async (body: string) => clientAnswering([body]).client.exchangeCode(await grantFor());

const badShape = { name: "ResponseError", code: "BAD_SHAPE" };

describe("an openid", () => {
  it.each(["o", "o".repeat(128), "oA0-_"])(
    "may have 1 to 128 characters of WeChat's alphabet: %s",
    async (openid) => {
      expect(await exchange({ openid })).toMatchObject({ openid });
    },
  );

  it.each(["o".repeat(129), " oAlice", "oAlice ", "oAl ice", "o张", "张o", "oAlice\u0000", "<b>"])(
    "is refused if WeChat cannot have issued it: %j",
    async (openid) => {
      await expect(exchange({ openid })).rejects.toMatchObject(badShape);
    },
  );

  it("is not repaired if it contains a raw control character", async () => {
    const body = JSON.stringify(tokenAnswer).replace(openid, `${openid}\u0001`);
    await expect(raw(body)).rejects.toMatchObject(badShape);
  });
});

describe("a unionid", () => {
  it.each(["oAbC1-_abc", `oAbCdEf${"g".repeat(121)}`, "oAbCdE0000"])(
    "has 10 to 128 characters, and 7 different ones: %s",
    async (unionid) => {
      expect(await exchange({ unionid })).toMatchObject({ unionid });
      expect(await userInfo({ unionid })).toMatchObject({ unionid });
    },
  );

  it.each([
    ...[
      "null",
      "0",
      "unknown",
      "0000000000",
      "nullnullnull",
      "undefinedundefined",
      "UnionidUNIONID",
      "oAbCdEoAbC",
    ],
    ...["oAbCdEfGh", `oAbCdEf${"g".repeat(122)}`, " oAbCdEfGhI", "oAbCdEfGhI ", "oAbCd EfGhI", "oAbCdEfGhI."],
    ...[12_345_678_901, ["oAbCdEfGhI"], {}],
  ])("is ignored if it is a placeholder or malformed: %j", async (unionid) => {
    expect(await exchange({ unionid })).not.toHaveProperty("unionid");
    expect(await userInfo({ unionid })).not.toHaveProperty("unionid");
  });
});

describe("a text", () => {
  it("has at most 4096 characters", async () => {
    const longest = "t".repeat(4096);
    expect(await exchange({ access_token: longest })).toMatchObject({ accessToken: longest });
    expect(await userInfo({ nickname: longest })).toMatchObject({ nickname: longest });
    await expect(exchange({ access_token: `${longest}t` })).rejects.toMatchObject(badShape);
    await expect(userInfo({ nickname: `${longest}t` })).rejects.toMatchObject(badShape);
  });
});

describe("a lifetime", () => {
  const longest = 30 * 86_400;

  it.each([1, longest, String(longest)])("may be 1 second to 30 days: %j", async (expires_in) => {
    expect(await exchange({ expires_in })).toMatchObject({ expiresInSeconds: Number(expires_in) });
  });

  it.each([0, longest + 1, " 7200", "7200 ", "0x1c20", "7.2e3", "7200.0", [7200], ["7200"], true])(
    "is refused if it is not a plain whole number, even if JavaScript can convert it: %j",
    async (expires_in) => {
      await expect(exchange({ expires_in })).rejects.toMatchObject(badShape);
    },
  );
});

describe("an avatar", () => {
  it.each([
    ["https://thirdwx.qlogo.cn/a?from=http://b", "https://thirdwx.qlogo.cn/a?from=http://b"],
    ["javascript:'https://thirdwx.qlogo.cn'", undefined],
    ["  ", undefined],
    [null, undefined],
    ["data:image/png;base64,AAAA", undefined],
    ["https:javascript:alert(1)", undefined],
    ["http:/thirdwx.qlogo.cn/a", undefined],
    ["http://", undefined],
    ["https:///a", undefined],
    ["https://?a", undefined],
    [" https://thirdwx.qlogo.cn/a", undefined],
    ["https://thirdwx.qlogo.cn/a b", undefined],
    ["https://thirdwx.qlogo.cn/a\n", undefined],
    ["https://thirdwx.qlogo.cn\n.evil.example/", undefined],
    ["https://thirdwx.qlogo.cn\\.evil.example/", undefined],
    ["https://thirdwx.qlogo.cn@evil.example/", undefined],
    ["https://user:pass@thirdwx.qlogo.cn/a", undefined],
    ['https://thirdwx.qlogo.cn/"onerror="alert(1)', undefined],
    ["https://thirdwx.qlogo.cn/'+alert(1)", undefined],
    ["https://thirdwx.qlogo.cn/<script>", undefined],
    ["https://thirdwx.qlogo.cn/a`b", undefined],
    ["https://thirdwx.qlogo.cn/\u202egnp", undefined],
    ["https://thirdwx.qlogo.cn/\ud83c", undefined],
    ["https://thirdwx.qlogo.cn", "https://thirdwx.qlogo.cn"],
    ["http://thirdwx.qlogo.cn?a@b", "https://thirdwx.qlogo.cn?a@b"],
    ["HTTPS://thirdwx.qlogo.cn:443/a/132", "HTTPS://thirdwx.qlogo.cn:443/a/132"],
    [
      "https://thirdwx.qlogo.cn/mmopen/vi_32/A-b_c~d.e/0?x=%E5%B0%8F&y=1#z",
      "https://thirdwx.qlogo.cn/mmopen/vi_32/A-b_c~d.e/0?x=%E5%B0%8F&y=1#z",
    ],
    ["http://127.0.0.1:4010/a/alice/132", "http://127.0.0.1:4010/a/alice/132"],
    ["http://localhost:4010/a", "http://localhost:4010/a"],
    ["http://[::1]:4010/a", "http://[::1]:4010/a"],
    ["http://127.0.0.1.evil.example/a", "https://127.0.0.1.evil.example/a"],
    ["http://localhost@evil.example/a", undefined],
    ["http://127.0.0.1:4010/'+alert(1)", undefined],
    ["https://[::1]:4010/a", "https://[::1]:4010/a"],
  ])(
    "is an https URL, or one of this machine, that is safe in HTML and CSS, or absent: %j",
    async (headimgurl, expected) => {
      expect((await userInfo({ headimgurl })).avatarUrl).toBe(expected);
    },
  );

  it("is refused if it is not a text", async () => {
    await expect(userInfo({ headimgurl: 7 })).rejects.toMatchObject(badShape);
  });
});

describe("a list", () => {
  it.each([
    [["chinaunicom", 7, null, ["nested"]], ["chinaunicom"]],
    ["chinaunicom", []],
    [undefined, []],
  ])("keeps its texts, and is empty if WeChat sent no list: %j", async (privilege, expected) => {
    expect((await userInfo({ privilege })).privilege).toEqual(expected);
  });
});

describe("a count", () => {
  const quota = (fields: object) =>
    operationsOf(
      clientAnswering([{ errcode: 0, quota: { daily_limit: 1000, used: 1, remain: 999, ...fields } }]).client,
    ).getQuota({ accessToken: globalToken, cgiPath: "/cgi-bin/token" });

  it.each([0, "7"])("may be %j", async (used) => {
    expect(await quota({ used })).toMatchObject({ used: Number(used) });
  });

  it.each([undefined, null, -1, 1.5, "x"])(
    "is refused if it is not a whole number, 0 or above: %j",
    async (used) => {
      await expect(quota({ used })).rejects.toMatchObject(badShape);
    },
  );

  it("is left out of a list if it is not a number", async () => {
    const follower = { subscribe: 1, openid, tagid_list: [1, "x", null, "2"] };
    const { client } = clientAnswering([follower]);
    expect(await client.getFollower({ accessToken: globalToken, openid })).toMatchObject({ tagIds: [1, 2] });
  });
});

describe("a lone surrogate in a text", () => {
  it("is replaced, so that every database and URL can hold the text", async () => {
    const { nickname, privilege } = await userInfo({
      nickname: "小\ud83c明\udf89🎉",
      privilege: ["a\ud83c"],
    });
    expect([nickname, privilege]).toEqual(["小\ufffd明\ufffd🎉", ["a\ufffd"]]);
    const follower = { subscribe: 1, openid, remark: "a\ud83c", qr_scene_str: "\udf89b" };
    const { client } = clientAnswering([follower]);
    expect(await client.getFollower({ accessToken: globalToken, openid })).toMatchObject({
      remark: "a\ufffd",
      qrSceneStr: "\ufffdb",
    });
  });
});

describe("an errcode", () => {
  it.each([
    "0.5",
    "40029.5",
    "1e400",
    "-1e400",
    "9007199254740993",
    "true",
    '"40029 "',
    '"4e4"',
    '""',
    "[]",
    "{}",
    "[40029]",
  ])(
    "is an invalid answer, neither success nor refusal, if it is not a whole number: %s",
    async (errcode) => {
      await expect(
        raw(JSON.stringify(tokenAnswer).replace("{", `{"errcode":${errcode},`)),
      ).rejects.toMatchObject(badShape);
    },
  );

  it.each([
    ["40029.0", 40029],
    ["4.0029e4", 40029],
    ['"-1"', -1],
  ])("is a refusal in any JSON notation: %s", async (spelled, errcode) => {
    await expect(raw(`{"errcode":${spelled}}`)).rejects.toMatchObject({ name: "WeChatApiError", errcode });
  });

  it.each(["-0", "0.0", '"0"', '"-0"', "0e9"])(
    "means success if it is zero in any notation: %s",
    async (spelled) => {
      const answer = await raw(JSON.stringify(tokenAnswer).replace("{", `{"errcode":${spelled},`));
      expect(answer).toMatchObject({ openid });
    },
  );
});

describe("an unusual or malicious answer", () => {
  it.each(["__proto__", "constructor", "prototype"])(
    "changes nothing through a field named %s",
    async (name) => {
      const { openid: _, ...rest } = tokenAnswer;
      const inside = JSON.stringify({ openid, unionid: "u".repeat(28), is_snapshotuser: 1 });
      await expect(raw(JSON.stringify(rest).replace("{", `{"${name}":${inside},`))).rejects.toMatchObject(
        badShape,
      );
      const tokens = await raw(JSON.stringify(tokenAnswer).replace("{", `{"${name}":${inside},`));
      expect(tokens).toMatchObject({ openid, isSnapshotUser: false });
      expect(tokens).not.toHaveProperty("unionid");
      expect(Object.prototype).not.toHaveProperty("openid");
    },
  );

  it("counts the last of two fields with the same name, also for errcode", async () => {
    await expect(
      raw(JSON.stringify(tokenAnswer).replace("}", ',"errcode":0,"errcode":40029}')),
    ).rejects.toMatchObject({
      errcode: 40029,
    });
    const other = JSON.stringify(tokenAnswer).replace("{", '{"openid":"oMallory",');
    expect(await raw(other)).toMatchObject({ openid });
  });

  it.each(["[", '{"a":'])(
    "causes a ResponseError or has no effect if %s is nested deeper than the stack",
    async (open) => {
      const bomb = `${open.repeat(40_000)}1${(open === "[" ? "]" : "}").repeat(40_000)}`;
      for (const name of ["errcode", "openid", "access_token", "expires_in", "scope"]) {
        await expect(
          raw(JSON.stringify(tokenAnswer).replace("}", `,"${name}":${bomb}}`)),
        ).rejects.toMatchObject({ code: expect.stringMatching(/^BAD_(SHAPE|JSON)$/) });
      }
      for (const name of ["is_snapshotuser", "unionid", "x"]) {
        const tokens = await raw(JSON.stringify(tokenAnswer).replace("}", `,"${name}":${bomb}}`));
        expect(tokens).toMatchObject({ openid, isSnapshotUser: false });
      }
    },
  );

  it.each([1, "1", true])("has its snapshot flag recognized in each form: %j", async (is_snapshotuser) => {
    expect(await exchange({ is_snapshotuser })).toMatchObject({ isSnapshotUser: true });
  });

  it("may begin with one byte order mark, but not with two", async () => {
    expect(await raw(`\ufeff${JSON.stringify(tokenAnswer)}`)).toMatchObject({ openid });
    await expect(raw(`\ufeff\ufeff${JSON.stringify(tokenAnswer)}`)).rejects.toMatchObject({
      code: "BAD_JSON",
    });
  });

  it.each([
    "0.0.0.0/0; reboot",
    "example.com",
    "203.0.113.7 ",
    "203.0.113.7\n",
    "-j ACCEPT",
    "",
    "/24",
    "203.0.113.0/",
  ])("adds no command to an allow-list: %j", async (ip) => {
    const { client } = clientAnswering([{ ip_list: ["203.0.113.7", ip] }]);
    await expect(operationsOf(client).listApiDomainIps(globalToken)).rejects.toMatchObject(badShape);
  });

  it.each(["203.0.113.7", "203.0.113.0/24", "2001:DB8::7", "2001:db8::/32", "::ffff:203.0.113.7"])(
    "may contain addresses and CIDR blocks in a list: %j",
    async (ip) => {
      const { client } = clientAnswering([{ ip_list: [ip] }]);
      expect(await operationsOf(client).listCallbackIps(globalToken)).toEqual([ip]);
    },
  );
});

describe("an answer that is not an object", () => {
  it.each(["null", "[]", "7", '"ok"', "true", "[{}]"])("is refused as such: %s", async (body) => {
    await expect(raw(body)).rejects.toThrow("not a JSON object");
  });
});
