import { describe, expect, it } from "vitest";
import { hashSecret } from "../src/domain/key-ring.js";
import {
  checkCreated,
  checkSigned,
  passkeyCreation,
  passkeyRequest,
} from "../src/domain/operators/passkeys.js";
import { newRecoveryCodes, recoveryCodeHash } from "../src/domain/operators/recovery-codes.js";
import { newTotpKey, stepOfCode } from "../src/domain/operators/totp.js";
import { codeAt, SoftwareAuthenticator } from "./support/factors.js";

describe("a code of an authenticator app", () => {
  const key = newTotpKey();
  const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000);

  it("is of the step of its own time, one early or late, and of none further away [T108]", () => {
    const steps = [-60, -30, -1, 0, 29, 30, 60].map((seconds) =>
      stepOfCode(codeAt(key, at(seconds)), key, at(0)),
    );
    const step = 1_800_000_000 / 30;
    expect(steps).toEqual([undefined, step - 1, step - 1, step, step, step + 1, undefined]);
  });

  it("has six digits, and belongs to its key [T108]", () => {
    const code = codeAt(key, at(0));
    for (const other of ["", code.slice(1), `${code}0`, `0${code}`, ` ${code}`, "abcdef"])
      expect(stepOfCode(other, key, at(0)), other).toBeUndefined();
    expect(stepOfCode(code, newTotpKey(), at(0))).toBeUndefined();
  });
});

describe("a recovery code", () => {
  it("has 24 characters in four groups, without those that look alike [T108]", () => {
    const { codes, inserts } = newRecoveryCodes("olga");
    expect([codes.length, new Set(codes).size, inserts.length]).toEqual([10, 10, 10]);
    for (const code of codes) expect(code).toMatch(/^[2-9A-HJ-NP-Z]{6}(-[2-9A-HJ-NP-Z]{6}){3}$/);
  });

  it("is stored as a hash over its operator and the characters alone, however it is written [T108]", () => {
    const stored = hashSecret("olga ABCDEF23");
    for (const code of ["ABCDEF23", "abc-def-23", " AbC dEf\t23 "])
      expect(recoveryCodeHash("olga", code), code).toBe(stored);
    expect(recoveryCodeHash("otto", "ABCDEF23")).not.toBe(stored);
  });
});

describe("a passkey", () => {
  const site = { publicUrl: new URL("https://login.example/") };
  const olga = { id: "id of olga", username: "olga" };
  const challenge = "Y2hhbGxlbmdl";

  it("is asked for with the host of this system, with the user verified, and without an attestation [T124]", async () => {
    const options = await passkeyCreation(site, olga, [{ id: "b25l" }]);
    expect(options).toMatchObject({
      rp: { name: "login.example", id: "login.example" },
      user: { name: "olga", id: expect.stringMatching(/^[\w-]{43}$/) },
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      attestation: "none",
      excludeCredentials: [{ id: "b25l", type: "public-key" }],
      authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
    });
    const other = await passkeyCreation(site, { ...olga, id: "another" }, []);
    expect(other.user.id).not.toBe(options.user.id);
    expect(JSON.stringify(options)).not.toContain("id of olga");
    expect(await passkeyRequest(site, [{ id: "b25l" }])).toMatchObject({
      rpId: "login.example",
      allowCredentials: [{ id: "b25l", type: "public-key" }],
      userVerification: "required",
    });
  });

  it("has a counter that the database can keep, when it is made and when it is used [T124]", async () => {
    const authenticator = new SoftwareAuthenticator(site.publicUrl.origin);
    const { id, publicKey: key } = authenticator;
    const at = { rpId: "login.example" };
    const most = 2 ** 31 - 1;
    const create = (counter: number) =>
      checkCreated(site, challenge, authenticator.create({ challenge }, { ...at, counter }));
    expect(await create(most)).toEqual({ id, key, counter: most });
    expect(await create(most + 1)).toBeUndefined();
    const passkey = { id, key, kind: "passkey", counter: 3 } as const;
    const use = (counter: number) =>
      checkSigned(site, challenge, authenticator.get({ challenge }, { ...at, counter }), passkey);
    expect([await use(4), await use(most), await use(most + 1), await use(3)]).toEqual([
      ...[4, most, undefined, undefined],
    ]);
  });

  it("is refused if its answer was signed with another key, or is none [T124]", async () => {
    const [one, other] = [0, 1].map(() => new SoftwareAuthenticator(site.publicUrl.origin));
    if (!one || !other) throw new Error("there are two");
    const passkey = { id: one.id, key: one.publicKey, kind: "passkey", counter: 0 } as const;
    const answer = { ...other.get({ challenge }, { rpId: "login.example" }), id: one.id, rawId: one.id };
    for (const response of [answer, {}, null, { id: one.id }]) {
      expect(await checkSigned(site, challenge, response, passkey)).toBeUndefined();
      expect(await checkCreated(site, challenge, response)).toBeUndefined();
    }
  });
});
