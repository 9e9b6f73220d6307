// @vitest-environment happy-dom
import { within } from "@testing-library/dom";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Operator, SecondFactors } from "../src/api/types.js";
import { browserPasskeys, madePasskey, signedPasskey } from "./support/browser-passkeys.js";
import { consoleTests, notificationTexts, type OpenedConsole, openConsole } from "./support/console.js";
import { ago } from "./support/seeds.js";
import { type Answers, type Output, Refusal } from "./support/stand-in-api.js";

// The second factor of operators: the question for it at sign-in, and the operator's own page.

consoleTests();

const languages = ["en", "zh"] as const;
const operator: Operator = { id: "01K1", username: "night-shift", role: "owner", mustEnrol: false };
const refused = (appCode: string, code: string, status: number) => new Refusal(code, status, appCode);
const wrong = refused("factor_wrong", "UNAUTHORIZED", 401);
const thrown = (name: string) => new DOMException("the browser says no", name);
const request = { challenge: "Y2hhbGxlbmdl", allowCredentials: [] };
const codes = ["AAAAAA-BBBBBB-CCCCCC-DDDDDD", "EEEEEE-FFFFFF-GGGGGG-HHHHHH"];

let passkeys: ReturnType<typeof browserPasskeys>;
beforeEach(() => {
  passkeys = browserPasskeys();
});

describe("the question for a second factor", () => {
  const every = { username: "night-shift", totp: true, passkey: true, recoveryCode: true };
  const open = (answers: Answers = {}, language: "en" | "zh" = "en", path = "/sign-in/factor") =>
    openConsole(path, { role: null, language, answers: { "operator.pendingSignIn": every, ...answers } });
  const field = (console: OpenedConsole) => console.main.getByRole("textbox");

  it.each(languages)("offers each way that the operator has, the app first (%s)", async (language) => {
    const console = await open({}, language);
    const seen = [console.page];
    await console.click(console.main.getByRole("button", { name: /recovery|恢复码/ }));
    await console.click(document.querySelector("form button") as Element);
    seen.push(console.page);
    await console.close();
    seen.push(
      (await open({ "operator.pendingSignIn": { ...every, totp: false, recoveryCode: false } }, language))
        .page,
    );
    expect(seen).toMatchSnapshot();
  });

  it("follows the right password, leads to the page that was asked for, and leaves neither page to go back to", async () => {
    const console = await openConsole("/sign-in?next=/security", {
      role: null,
      answers: { "operator.signIn": { factorNeeded: true }, "operator.pendingSignIn": every },
    });
    const pagesBefore = history.length;
    await console.type(console.body.getByLabelText("Username"), "night-shift");
    await console.type(console.body.getByLabelText("Password", { selector: "input" }), "a-long-walk");
    await console.click("Sign in");
    expect(console.address).toBe(`/sign-in/factor?next=${encodeURIComponent("/security")}`);
    console.api.answer({
      "operator.passFactor": operator,
      "operator.me": operator,
      "secondFactor.get": none,
    });
    await console.type(field(console), "12345");
    await console.click("Sign in");
    expect(console.api.inputsOf("operator.passFactor")).toEqual([]);
    expect(console.page.join()).toContain("Enter the six digits");
    await console.type(field(console), " 123 456 ");
    await console.click("Sign in");
    expect(console.api.inputsOf("operator.passFactor")).toEqual([{ kind: "totp", code: "123 456" }]);
    expect(console.address).toBe("/security");
    expect(history.length).toBe(pagesBefore);
    await console.open("/people");
    expect(history.length).toBe(pagesBefore + 1);
  });

  it("takes a recovery code", async () => {
    const console = await open({ "operator.passFactor": operator, "operator.me": operator });
    await console.click("Use a recovery code");
    await console.type(field(console), ` ${codes[0]} `);
    await console.click("Sign in");
    expect(console.api.inputsOf("operator.passFactor")).toEqual([{ kind: "recovery_code", code: codes[0] }]);
    expect(console.address).toBe("/overview");
  });

  it("takes what a passkey signed, with a challenge of its own for each try [T124]", async () => {
    const console = await open({ "operator.passkeyRequest": request, "operator.passFactor": wrong });
    await console.click("Sign in with a passkey");
    expect(console.alerts).toEqual(["This passkey was not accepted. Try again, or use another way."]);
    console.api.answer({ "operator.passFactor": operator, "operator.me": operator });
    await console.click("Sign in with a passkey");
    expect(console.api.inputsOf("operator.passkeyRequest")).toHaveLength(2);
    expect(passkeys.asked).toEqual(Array(2).fill({ challenge: request.challenge }));
    expect(console.api.lastInputOf("operator.passFactor")).toEqual({
      kind: "passkey",
      response: signedPasskey,
    });
    expect(console.address).toBe("/overview");
  });

  it("starts at the passkey where that is all there is, and shows which way is under way", async () => {
    const console = await open({ "operator.pendingSignIn": { ...every, totp: false } });
    const [passkey, recovery] = ["Sign in with a passkey", "Use a recovery code"].map((name) =>
      console.button(name),
    );
    expect(document.activeElement).toBe(passkey);
    console.api.answer({ "operator.passkeyRequest": request, "operator.passFactor": wrong });
    console.api.hold();
    await console.click(passkey as HTMLElement);
    const waiting = [passkey, recovery].map((button) => button?.hasAttribute("data-loading"));
    expect(waiting).toEqual([true, false]);
  });

  it.each([
    ["NotAllowedError", "No passkey was given: the question was closed, or it took too long. Try again."],
    ["SecurityError", "The browser could not use a passkey here. Try another browser or device."],
  ])("says why the browser gave no passkey: %s", async (name, text) => {
    passkeys.get.mockRejectedValue(thrown(name));
    const console = await open({ "operator.passkeyRequest": request });
    await console.click("Sign in with a passkey");
    expect(console.alerts).toEqual([text]);
    expect(console.api.inputsOf("operator.passFactor")).toEqual([]);
    await console.click("Use a recovery code");
    expect(console.alerts).toEqual([]);
  });

  it("says of a browser without passkeys what it would need, and asks it nothing", async () => {
    vi.stubGlobal("PublicKeyCredential", undefined);
    const console = await open({ "operator.passkeyRequest": request });
    await console.click("Sign in with a passkey");
    expect(console.alerts).toEqual([
      "This browser cannot use passkeys here: they need https and a current browser.",
    ]);
    expect(passkeys.get).not.toHaveBeenCalled();
  });

  it.each([
    [wrong, "This code is wrong, or was used before. Wait for the next one and enter that."],
    [
      refused("too_many_attempts", "TOO_MANY_REQUESTS", 429),
      "Too many attempts. Wait a few minutes, then try again.",
    ],
  ])("says why a code was refused: %s", async (refusal, text) => {
    const console = await open({ "operator.passFactor": refusal });
    await console.type(field(console), "123456");
    await console.click("Sign in");
    expect(console.alerts).toEqual([text]);
    expect(console.address).toBe("/sign-in/factor");
  });

  it.each(languages)("leads back to the password when it waited too long (%s)", async (language) => {
    const expired = refused("sign_in_expired", "UNAUTHORIZED", 401);
    const console = await open({ "operator.passFactor": expired }, language, "/sign-in/factor?next=/people");
    await console.type(field(console), "123456");
    await console.click(document.querySelector("form button") as Element);
    expect(console.page).toMatchSnapshot();
    await console.click(console.main.getByRole("link"));
    expect(console.address).toBe(`/sign-in?next=${encodeURIComponent("/people")}`);
  });
});

const none: SecondFactors = { isRequired: false, recoveryCodes: 0, factors: [] };
const phone: SecondFactors["factors"][number] = {
  ...{
    id: "01KPHONE",
    kind: "totp",
    name: "phone",
    createdAt: ago({ days: 2 }),
    lastUsedAt: ago({ hours: 1 }),
  },
};
const laptop: SecondFactors["factors"][number] = {
  ...{ id: "key-1", kind: "passkey", name: "laptop", createdAt: ago({ days: 1 }), lastUsedAt: null },
};
const enrolment = {
  key: "ABCDEFGH",
  url: "otpauth://totp/x",
  qr: "<svg xmlns='http://www.w3.org/2000/svg'/>",
};
const creation = {
  challenge: "Y2hhbGxlbmdl",
  user: { id: "b3BlcmF0b3I", name: "night-shift", displayName: "night-shift" },
} as Output<"secondFactor.startPasskey">;
const wrongPassword = refused("wrong_credentials", "UNAUTHORIZED", 401);

describe("the operator's own second factors", () => {
  const open = (own: SecondFactors, answers: Answers = {}, language: "en" | "zh" = "en") =>
    openConsole("/security", { language, answers: { "secondFactor.get": own, ...answers } });
  const dialog = () => {
    const last = [...document.querySelectorAll<HTMLElement>('[role="dialog"]')].at(-1);
    if (!last) throw new Error("no dialog is open");
    return within(last);
  };
  const type = (console: OpenedConsole, label: string, text: string) =>
    console.type(dialog().getByLabelText(label, { selector: "input" }), text);
  const press = (console: OpenedConsole, name: string) =>
    console.click(dialog().getByRole("button", { name }));

  it.each(languages)("are listed with what is left of the recovery codes (%s)", async (language) => {
    const seen = [];
    for (const own of [none, { isRequired: true, recoveryCodes: 1, factors: [phone, laptop] }]) {
      const console = await open(own, {}, language);
      seen.push(console.page);
      await console.close();
    }
    expect(seen).toMatchSnapshot();
  });

  it.each(languages)(
    "get an app by password, key and code, and show recovery codes once (%s)",
    async (language) => {
      const console = await open(none, { "secondFactor.startTotp": wrongPassword }, language);
      const zh = language === "zh";
      const texts = zh
        ? { add: "添加身份验证器", next: "下一步", password: "你的密码", code: "身份验证器当前显示的验证码" }
        : {
            add: "Add authenticator app",
            next: "Next",
            password: "Your password",
            code: "Code that the app shows now",
          };
      await console.click(texts.add);
      await press(console, texts.next);
      expect(console.api.inputsOf("secondFactor.startTotp")).toEqual([]);
      await type(console, texts.password, "not-it");
      await press(console, texts.next);
      const seen = [console.drawer];
      console.api.answer({ "secondFactor.startTotp": enrolment, "secondFactor.confirmTotp": wrong });
      await type(console, texts.password, "a-long-walk");
      await press(console, texts.next);
      expect(console.api.lastInputOf("secondFactor.startTotp")).toEqual({ password: "a-long-walk" });
      expect(document.querySelector("img")?.src).toBe(
        `data:image/svg+xml,${encodeURIComponent(enrolment.qr)}`,
      );
      await press(console, zh ? "添加" : "Add");
      expect(console.api.inputsOf("secondFactor.confirmTotp")).toEqual([]);
      seen.push(console.drawer);
      await type(console, texts.code, "123456");
      await type(console, zh ? "名称" : "Name", " phone ");
      await press(console, zh ? "添加" : "Add");
      seen.push(console.alerts);
      console.api.answer({ "secondFactor.confirmTotp": { recoveryCodes: codes } });
      await press(console, zh ? "添加" : "Add");
      expect(console.api.lastInputOf("secondFactor.confirmTotp")).toEqual({ code: "123456", name: "phone" });
      seen.push(console.drawer);
      expect(seen).toMatchSnapshot();
      expect(console.api.inputsOf("secondFactor.get")).toHaveLength(2);
      expect(document.querySelector("code")?.textContent).toBe(codes.join("\n"));
      await press(console, zh ? "我已保存好恢复码" : "I have kept the codes");
      expect(document.body.textContent).not.toContain(codes[0]);
    },
  );

  it("get a passkey, and say why the browser or the server did not", async () => {
    vi.spyOn(navigator, "userAgent", "get").mockReturnValue("Mozilla/5.0 (X11; Linux x86_64)");
    const console = await open(
      { ...none, recoveryCodes: 9, factors: [phone] },
      { "secondFactor.startPasskey": creation, "secondFactor.confirmPasskey": wrong },
    );
    await console.click("Add passkey");
    await press(console, "Add");
    expect(console.api.inputsOf("secondFactor.startPasskey")).toEqual([]);
    await type(console, "Your password", "a-long-walk");
    await type(console, "Name", "laptop");
    const seen = [];
    for (const error of ["InvalidStateError", "NotAllowedError"]) {
      passkeys.create.mockRejectedValueOnce(thrown(error));
      await press(console, "Add");
      seen.push(...console.alerts);
    }
    await press(console, "Add");
    console.api.answer({ "secondFactor.confirmPasskey": refused("too_many_factors", "CONFLICT", 409) });
    seen.push(...console.alerts);
    await press(console, "Add");
    expect([...seen, ...console.alerts]).toEqual([
      "This device or key has a passkey for your account already.",
      "No passkey was given: the question was closed, or it took too long. Try again.",
      "The server did not accept this passkey. Try again.",
      "You have ten second factors already: remove one first.",
    ]);
    console.api.answer({ "secondFactor.confirmPasskey": { recoveryCodes: null } });
    await press(console, "Add");
    expect(console.api.lastInputOf("secondFactor.startPasskey")).toEqual({ password: "a-long-walk" });
    expect(passkeys.create).toHaveBeenCalledTimes(5);
    expect(passkeys.asked).toEqual(Array(3).fill(creation));
    expect(console.api.lastInputOf("secondFactor.confirmPasskey")).toEqual({
      ...{ response: madePasskey, name: "laptop" },
    });
    expect(notificationTexts()).toEqual(["laptop is added. Your other browsers are signed out. green"]);
    expect(console.has('[role="dialog"]')).toBe(false);
  });

  it("give a new passkey the name of its system", async () => {
    vi.spyOn(navigator, "userAgent", "get").mockReturnValue("Mozilla/5.0 (Windows NT 10.0; Win64; x64)");
    const console = await open(none);
    await console.click("Add passkey");
    expect(console.dialog.getByLabelText("Name")).toHaveProperty("value", "Windows");
  });

  it("are removed by the password, with a warning about the last one", async () => {
    const console = await open({ isRequired: true, recoveryCodes: 9, factors: [phone] });
    console.api.answer({ "secondFactor.remove": wrongPassword });
    await console.click("Remove phone");
    expect(console.drawer.join()).toContain("you must add another before anything else");
    await type(console, "Your password", "not-it");
    await press(console, "Remove");
    expect(console.alerts).toEqual(["This is not your password."]);
    console.api.answer({ "secondFactor.remove": { ok: true }, "secondFactor.get": none });
    await type(console, "Your password", "a-long-walk");
    await press(console, "Remove");
    expect(console.api.lastInputOf("secondFactor.remove")).toEqual({
      id: "01KPHONE",
      password: "a-long-walk",
    });
    expect(console.has('[role="dialog"]')).toBe(false);
    expect(notificationTexts()).toEqual(["phone is removed. Your other browsers are signed out. green"]);
    expect(console.page.join()).toContain("You have none: your password alone signs you in.");
  });

  const required = "you must add another before anything else";
  const optional = "your password alone signs you in";
  it.each([
    [true, [phone], [required]],
    [false, [phone], [optional]],
    [true, [phone, laptop], []],
    [false, [phone, laptop], []],
  ])(
    "warn about the last one only, by what the owners require (%s): %j",
    async (isRequired, factors, warnings) => {
      const console = await open({ isRequired, recoveryCodes: 9, factors });
      await console.click("Remove phone");
      const text = console.drawer.join();
      expect([required, optional].filter((one) => text.includes(one))).toEqual(warnings);
    },
  );

  it("are asked about anew after a refusal, without its reason", async () => {
    const console = await open(
      { ...none, recoveryCodes: 9, factors: [phone] },
      { "secondFactor.remove": wrongPassword, "secondFactor.renewRecoveryCodes": wrongPassword },
    );
    for (const [asks, act] of [
      ["Remove phone", "Remove"],
      ["Make new codes", "Make new codes"],
    ] as const) {
      await console.click(asks);
      await type(console, "Your password", "not-it");
      await press(console, act);
      expect(console.alerts).toEqual(["This is not your password."]);
      await press(console, "Cancel");
      await console.click(asks);
      expect(console.alerts).toEqual([]);
      await press(console, "Cancel");
    }
  });

  it("keep the recovery codes in front until they say that the codes are kept", async () => {
    const console = await open(
      { ...none, recoveryCodes: 9, factors: [phone] },
      { "secondFactor.renewRecoveryCodes": { recoveryCodes: codes } },
    );
    await console.click("Make new codes");
    await type(console, "Your password", "a-long-walk");
    await press(console, "Make new codes");
    const shown = () => document.querySelector("code")?.textContent;
    await console.press("{Escape}");
    await console.click(document.querySelector(".mantine-Modal-overlay") as Element);
    await console.click(document.querySelector(".mantine-Modal-inner") as Element);
    expect(shown()).toBe(codes.join("\n"));
    expect(console.dialog.queryByRole("button", { name: "Close" })).toBeNull();
    await press(console, "I have kept the codes");
    expect(shown()).toBeUndefined();
  });

  it("get new recovery codes, which can be saved as a file", async () => {
    const save = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => {});
    const console = await open(
      { ...none, recoveryCodes: 0, factors: [phone] },
      { "secondFactor.renewRecoveryCodes": { recoveryCodes: codes } },
    );
    await console.click("Make new codes");
    await type(console, "Your password", "a-long-walk");
    await press(console, "Make new codes");
    expect(console.api.inputsOf("secondFactor.renewRecoveryCodes")).toEqual([{ password: "a-long-walk" }]);
    await press(console, "Download");
    const [link] = save.mock.contexts as unknown as HTMLAnchorElement[];
    expect(link?.download).toBe("recovery-codes.txt");
    expect((await fetchedText(link?.href ?? "")).replaceAll("\n", " ")).toBe(`${codes.join(" ")} `);
  });
});

/** What an address of `URL.createObjectURL` stands for. */
const blobs = new Map<string, Blob>();
beforeEach(() => {
  vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
    const address = `blob:http://localhost/${blobs.size}`;
    blobs.set(address, blob as Blob);
    return address;
  });
});
const fetchedText = async (address: string) => (await blobs.get(address)?.text()) ?? "";

describe("an operator who must add a second factor", () => {
  const must = {
    "operator.me": { ...operator, mustEnrol: true },
    "secondFactor.get": { ...none, isRequired: true },
  };

  it.each(languages)(
    "sees only the page for it and the way out, until one is added (%s)",
    async (language) => {
      const console = await openConsole("/people?q=Alice", { language, answers: must });
      expect(console.address).toBe("/security");
      expect(console.read("body")).toMatchSnapshot();
      await console.click(document.querySelector('header [aria-label*="night-shift"]') as Element);
      expect(console.read(".mantine-Popover-dropdown")).toMatchSnapshot();
      expect(console.api.calls.map(({ procedure }) => procedure)).toEqual([
        "operator.me",
        "secondFactor.get",
      ]);
    },
  );

  it("is led there from an open page when an owner begins to require it", async () => {
    const console = await openConsole("/people", {
      answers: { "people.list": { items: [], nextCursor: null }, "secondFactor.get": none },
    });
    console.api.answer({ ...must, "people.list": refused("factor_required", "FORBIDDEN", 403) });
    await console.click("Refresh");
    expect(console.address).toBe("/security");
    expect(console.has("nav")).toBe(false);
  });

  it("has the rest of the console once one is added, and sees the recovery codes before", async () => {
    const console = await openConsole("/security", { answers: must });
    console.api.answer({ "secondFactor.startPasskey": creation, "operator.me": operator });
    console.api.answer({ "secondFactor.confirmPasskey": { recoveryCodes: codes } });
    await console.click("Add passkey");
    await console.type(console.dialog.getByLabelText("Your password", { selector: "input" }), "a-long-walk");
    await console.type(console.dialog.getByLabelText("Name"), "laptop");
    await console.click(console.dialog.getByRole("button", { name: "Add" }));
    expect(console.has("nav")).toBe(true);
    expect(document.querySelector("code")?.textContent).toBe(codes.join("\n"));
  });
});
