import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskSecrets } from "../src/mask.js";

const secret = "0ther5ecret";
const mask = (text: string) => maskSecrets(text, []);

describe("a value with a secret's name", () => {
  it.each([
    ...["secret", "appsecret", "app_secret", "component_appsecret"],
    ...["access_token", "refresh_token", "authorizer_refresh_token", "component_access_token", "token"],
    ...["code", "js_code", "auth_code", "pre_auth_code", "authorization_code"],
    ...["ticket", "pass_ticket", "component_verify_ticket", "session_key", "encrypt_key", "encodingaeskey"],
    ...["EncodingAESKey", "AppSecret", "ComponentVerifyTicket", "AuthorizationCode", "PreAuthCode", "jsCode"],
  ])("is masked in a query, a form, JSON and XML: %s", (name) => {
    expect(mask(`/x?a=1&${name}=${secret}&openid=oAbc`)).toBe(`/x?a=1&${name}=***&openid=oAbc`);
    expect(mask(`${name}=${secret}&openid=oAbc`)).toBe(`${name}=***&openid=oAbc`);
    expect(mask(`{"${name}": "${secret}","openid":"oAbc"}`)).toBe(`{"${name}": "***","openid":"oAbc"}`);
    expect(mask(`<xml><${name}>${secret}</${name}><OpenID>oAbc</OpenID></xml>`)).toBe(
      `<xml><${name}>***</${name}><OpenID>oAbc</OpenID></xml>`,
    );
  });

  it.each([
    ["as .NET writes JSON", String.raw`{"body":"{\u0022component_appsecret\u0022:\u0022${secret}\u0022}"}`],
    [
      "as .NET writes JSON in JSON",
      String.raw`{"body":"{\\u0022access_token\\u0022:\\u0022${secret}\\u0022}"}`,
    ],
    ["in JSON inside HTML", `{&quot;access_token&quot;: &quot;${secret}&quot;}`],
    [
      "in CDATA, escaped",
      `&lt;ComponentVerifyTicket&gt;&lt;![CDATA[${secret}]]&gt;&lt;/ComponentVerifyTicket&gt;`,
    ],
    ["in JSON in JSON, %-encoded", `x=%7B%5C%22secret%5C%22%3A%5C%22${secret}%5C%22%7D`],
    ["after \\u0026", `"/x?a=1\\u0026secret=${secret}"`],
    ["after &amp;", `/x?a=1&amp;secret=${secret}&amp;b=2`],
    ["after ;", `/x?a=1;secret=${secret}`],
    ["after #", `/x#access_token=${secret}`],
    ["after a quote", `<a href='secret=${secret}'>`],
    ["after %26, with %3D", `/x?to=https%3A%2F%2Fy%3Fa%3D1%26code%3D${secret}%26state%3D1`],
    ["with %253d", `/x?to=%253Fcode%253d${secret}`],
    ["with \\u003d", `"/x?a=1\\u0026secret\\u003d${secret}"`],
    ["in JSON that is %-encoded", `x=%7B%22secret%22%3A%22${secret}%22%7D`],
    ["in JSON twice inside JSON", JSON.stringify(JSON.stringify(JSON.stringify({ secret })))],
    ["in CDATA", `<xml><secret><![CDATA[${secret}]]></secret></xml>`],
    ["in CDATA with markup", `<secret><![CDATA[a</b]c>${secret}]]></secret>`],
    ["in CDATA cut off", `<secret><![CDATA[${secret}`],
    ["in an element cut off", `<secret>${secret}`],
    ["in an element with attributes", `<ns:secret type="1" >${secret}</ns:secret>`],
    ["in an element inside JSON", JSON.stringify({ xml: `<secret>${secret}</secret>` })],
    ["in an element as Go writes it", `"\\u003csecret\\u003e${secret}\\u003c/secret\\u003e"`],
    ["in an element, escaped", `&lt;secret&gt;${secret}&lt;/secret&gt;`],
    ["in an element, %-encoded", `x=%3Csecret%3E${secret}%3C%2Fsecret%3E`],
    ["in an attribute", `<x secret="${secret}"/>`],
    ["before other scripts", `{"access_token":"小明${secret}"}`],
  ])("is masked %s", (_, text) => {
    const masked = mask(text);
    expect(masked).toContain("***");
    expect(masked).not.toMatch(/5ecr/);
  });

  it.each([
    [`{"secret":"a\\"${secret}","b":"kept"}`, '{"secret":"***","b":"kept"}'],
    [`{"secret":"a\\\\","b":"kept"}`, '{"secret":"***","b":"kept"}'],
    [`{"secret":"a\\\\\\"${secret}","b":"kept"}`, '{"secret":"***","b":"kept"}'],
    [`{"secret":"\\"","token":"${secret}"}`, '{"secret":"***","token":"***"}'],
    [`{"secret":"","token":"${secret}","b":"kept"}`, '{"secret":"***","token":"***","b":"kept"}'],
    [`{"secret":"a\\u0022${secret}","b":"kept"}`, '{"secret":"***","b":"kept"}'],
    [`{"secret":"${secret}\\`, '{"secret":"***'],
  ])("is masked to its end: %s", (text, expected) => {
    expect(mask(text)).toBe(expected);
  });

  it.each(["a\\", 'a"', 'a\\"', 'a\\\\"b', "\\", '"', "a\\\\", ""])(
    "is masked to its end in deeply nested JSON: %j",
    (start) => {
      for (let text = JSON.stringify({ secret: start + secret, b: "kept" }), depth = 0; depth < 4; depth++) {
        expect(mask(text)).not.toContain("5ecr");
        expect(mask(text)).toContain("kept");
        text = JSON.stringify(text);
      }
    },
  );

  it("is masked whatever characters it has, in nested JSON, a query and XML", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(3), (before, depth) => {
        const value = before + secret;
        let json = JSON.stringify({ a: before, session_key: value, openid: "oAbc" });
        for (let layer = 0; layer < depth; layer++) json = JSON.stringify(json);
        expect(mask(json)).not.toContain(secret);
        expect(mask(`a=1&session_key=${encodeURIComponent(value)}&b=2`)).not.toContain(secret);
        expect(mask(`<session_key><![CDATA[${value.replaceAll("]]>", "")}]]></session_key>`)).not.toContain(
          secret,
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe("a value that is not a secret", () => {
  it.each([
    '{"errcode":40029,"errmsg":"invalid code, rid: 637ec754-5b28c0ef-058e9cba"}',
    '{"openid":"oAbc","unionid":"uAbc","expires_in":7200,"scope":"snsapi_base"}',
    "/sns/oauth2/access_token?appid=wx0123456789abcdef&grant_type=authorization_code",
    '{"grant_type":"authorization_code","qrcode":"x","errcode":"1"}',
    "/cgi-bin/ticket/getticket?type=jsapi&errcode=1&qrcode=2",
    "<xml><OpenID>oAbc</OpenID><ErrCode>1</ErrCode></xml>",
    "a token is no code: a ticket > a secret",
  ])("is kept: %s", (text) => {
    expect(mask(text)).toBe(text);
  });
});

describe("a known secret value", () => {
  it.each([
    "5ec2e75e",
    "5EC2E75E",
    "%35ec2e75e",
    "%2535ec2e75e",
    "\\u0035ec2e75e",
    "5ec2\u200be75e",
    "5ec2\u0000e75e",
  ])("is masked in any place and encoding: %j", (spelled) => {
    expect(maskSecrets(`to ${spelled}.`, ["5ec2e75e", ""])).toBe("to ***.");
  });
});

it("masks any text in linear time", () => {
  const fillers = [
    "secret",
    "code",
    "token=",
    "token>",
    "token%",
    "token%25",
    "token\\",
    'token"',
    'token":',
    'token":"',
  ];
  fillers.push(
    "<",
    "<token",
    "<token ",
    "<token>",
    "<token><![CDATA[",
    "]]>",
    "<a:",
    "\\",
    '"',
    '\\"',
    "%25",
    " ",
    "a",
    "_",
  );
  fillers.push(
    'token"\\',
    'token":"\\',
    'token":\\"',
    "token ",
    "token\t:",
    "pre_auth_",
    "auth_",
    "js_",
    "\\u0026",
    "&amp;",
  );
  for (const filler of fillers) {
    for (const start of ["", '"token":"', '"token":\\"', "token=", "<token>", "<token><![CDATA["]) {
      const startedAt = performance.now();
      mask(start + filler.repeat(250_000 / filler.length));
      expect(performance.now() - startedAt, `${start}${filler}`).toBeLessThan(1000);
    }
  }
});
