import { describe, expect, it } from "vitest";
import { createSecretMask, maskSecretInQuery, maskSecretInText } from "../src/stores/mask-secrets.js";

// Only what belongs to a secret's name becomes `***`; all else stays as it was sent.

describe("the value of a secret in JSON", () => {
  it.each([
    ['{"secret":12345,"n":1}', '{"secret":***,"n":1}'],
    ['{"secret": true }', '{"secret": *** }'],
    ['{"secret": not json, "n":1}', '{"secret": *** ***, "n":1}'],
    ['{"secret":"","n":"kept"}', '{"secret":"","n":"kept"}'],
    ['{"secret":"', '{"secret":"***'],
    ['{"secret":"abc\\', '{"secret":"***'],
    [
      '{"secret":{"a":1,"b":[2,"x"]},"n":3,"m":"kept"}',
      '{"secret":{"a":***,"b":[***,"***"]},"n":3,"m":"kept"}',
    ],
    ['{"secret":{"secret":"x","n":"y"},"m":"kept"}', '{"secret":{"secret":"***","n":"***"},"m":"kept"}'],
    ['{"secret":[["x"],"y"],"m":["kept"]}', '{"secret":[["***"],"***"],"m":["kept"]}'],
    ['[{"secret":"x"},{"n":"kept"},"kept"]', '[{"secret":"***"},{"n":"kept"},"kept"]'],
    ['{"a":{"secret":"x"},"n":"kept"}', '{"a":{"secret":"***"},"n":"kept"}'],
    ['{"secret":"x"}{"n":"kept"}', '{"secret":"***"}{"n":"kept"}'],
    ['{"\\u0053ECRET":"x"}', '{"\\u0053ECRET":"***"}'],
    ['{"a":"x\\/secret=v&n=1"}', '{"a":"x/secret=***&n=1"}'],
  ])("is masked whatever it is: %s", (text, masked) => {
    expect(maskSecretInText(text)).toBe(masked);
  });

  it.each(['{"a":"\\u0041 secret"}', '"secret" : ', '{"a":["secret","x"],"n":[{},"y"]}', '{"secret" "x"}'])(
    "is not seen where there is none: %s",
    (text) => {
      expect(maskSecretInText(text)).toBe(text);
    },
  );
});

describe("a secret among parameters", () => {
  it.each([
    ['https://shop.example/?a=1&secret=a b"c&n=1', "https://shop.example/?a=1&secret=***&n=1"],
    ['http://shop.example/?a=1&secret=a b"c&n=1', "http://shop.example/?a=1&secret=***&n=1"],
    ["https://shop.example/secret?a=b&n=1", "https://shop.example/secret?a=b&n=1"],
    ['grant_type=x&secret=a b"c&n=1', "grant_type=x&secret=***&n=1"],
    ["a text with secret=x and more", "a text with secret=*** and more"],
  ])("is masked to the end of its value: %s", (text, masked) => {
    expect(maskSecretInText(text)).toBe(masked);
  });

  it.each([
    ["%53%45%43%52%45%54=v", "%53%45%43%52%45%54=***"],
    ["secret%3D", "***"],
    ["secret", "secret"],
    ["secret=", "secret=***"],
    ["a=secret", "a=secret"],
  ])("is known by its decoded name: %s", (query, masked) => {
    expect(maskSecretInQuery(query)).toBe(masked);
  });
});

describe("the secret of an app", () => {
  const escaped = (text: string, backslashes: string) =>
    [...Array(text.length).keys()]
      .map((place) => `${backslashes}u${text.charCodeAt(place).toString(16).padStart(4, "0")}`)
      .join("");

  it.each(["a.b+c(d)e*f?g[h", "密码密码密码密码", "😀😀😀😀", "secret-of-an-app"])(
    "is masked in each way that it can be written: %s",
    (secret) => {
      const mask = createSecretMask([secret]);
      expect(mask(`/${secret}/`)).toBe("/***/");
      expect(mask(`/${encodeURIComponent(secret)}/`)).toBe("/***/");
      expect(mask(`/${encodeURIComponent(encodeURIComponent(secret))}/`)).toBe("/***/");
      expect(mask(`"${escaped(secret, "\\")}"`)).toBe('"***"');
      expect(mask(`"${escaped(secret, "\\\\")}"`)).toBe('"\\***"'); // JSON within JSON
    },
  );

  it("has signs that mean something in a pattern, and there mean themselves", () => {
    expect(createSecretMask(["a.b+c(d)e"])("axb+c(d)e abbc(d)e a.b+c(d)e")).toBe("axb+c(d)e abbc(d)e ***");
  });
});
