// @vitest-environment happy-dom
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fireEvent, within } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import { notificationTexts, type OpenedConsole, openConsole, type Role } from "./support/console.js";
import { disabledHost, disabledOperator, everyAnswer } from "./support/every-page.js";
import { all, nameOf, objections, textOf } from "./support/markup-rules.js";
import { group, groupList, MAIN, personDetail } from "./support/seeds.js";
import { type Answers, type Procedure, Refusal } from "./support/stand-in-api.js";
import { transcript } from "./support/transcript.js";

// What holds for every act: its question as a whole, what it sends, that its button waits, and that a refusal is said.

interface Act {
  path: string;
  /** null for one before sign-in; an owner otherwise. */
  role?: null;
  /** What is pressed, one after the other; "Reason=spam" fills a field. The last one sends. */
  steps: string[];
  /** What the api answers in place of the common answers. */
  answers?: Answers;
}

const person = "/people?open=01KALICE000000000000000001";
const operator = "/operators?open=01KNINA0000000000000000000";
const errorGroup = `/errors?group=${MAIN}~sns/oauth2/access_token~40029`;
const because = "Reason= it was asked for ";

function bulkActs(router: string, path: string, steps: Record<string, string[]>): typeof acts {
  const select = "Select all rows of this page";
  return Object.fromEntries(
    Object.entries(steps).map(([name, own]) => [`${router}.${name}`, { path, steps: [select, ...own] }]),
  );
}

const acts: Partial<Record<Procedure, Act | Act[]>> = {
  "people.block": { path: person, steps: ["Block", because, "Block"] },
  "people.unblock": {
    ...{ path: person, steps: ["Unblock"] },
    answers: { "people.get": personDetail({ status: "blocked" }) },
  },
  "people.endSessions": [
    { path: person, steps: ["Sign out everywhere", "Sign out everywhere"] },
    { path: person, steps: ["Sign out", "Sign out"] },
  ],
  "people.unbind": { path: person, steps: ["Remove the WeChat account of web", "Remove"] },
  "people.erase": {
    path: person,
    steps: ["Erase", "To confirm, type the end of the user ID: 00000001= 00000001 ", "Erase"],
  },
  "people.refreshProfile": { path: person, steps: ["Refresh profile"] },
  "people.export": { path: person, steps: ["Export data"] },
  "people.merge": {
    path: "/people/merge?user=01KALICE000000000000000001&other=01KTWIN0000000000000000002",
    steps: ["Keep this one: Alice", because, "Merge"],
  },
  "conflicts.merge": {
    path: "/conflicts/01KCONFLICT000000000000001",
    steps: ["Keep this one: Alice", because, "Merge"],
  },
  "conflicts.keepApart": {
    path: "/conflicts/01KCONFLICT000000000000001",
    steps: ["Keep apart", because, "Keep apart"],
  },
  "merges.undo": {
    path: "/conflicts?view=merges&open=01KMERGE000000000000000001",
    steps: ["Undo merge", because, "Undo merge"],
  },
  "tokens.refreshApp": { path: "/tokens", steps: ["Refresh now: main", because, "Refresh now"] },
  "tokens.invalidateApp": {
    path: `/tokens?app=${MAIN}`,
    steps: ["Invalidate: JS-SDK ticket", because, "Invalidate…"],
  },
  "tokens.checkUser": { path: "/tokens?open=01KBINDING0000000000000001", steps: ["Check with WeChat"] },
  "tokens.refreshUser": { path: "/tokens?open=01KBINDING0000000000000001", steps: ["Refresh tokens"] },
  "tokens.forgetUser": { path: "/tokens?open=01KBINDING0000000000000001", steps: ["Forget…", "Forget…"] },
  "failures.acknowledge": { path: errorGroup, steps: ["Acknowledge"] },
  "failures.resolve": { path: errorGroup, steps: ["Resolve"] },
  "failures.reopen": ["resolved", "muted"].map((state) => ({
    ...{ path: errorGroup, steps: [state === "muted" ? "Unmute" : "Open again"] },
    answers: { "failures.groups": groupList([group({ state: state as "muted" })]) },
  })),
  "failures.mute": { path: errorGroup, steps: ["Mute", "For 1 day"] },
  "failures.lookUp": { path: "/errors?open=01KFAILURE0000000000000001", steps: ["Look up at WeChat"] },
  "hosts.create": {
    path: "/hosts",
    steps: [
      ...["Add host application", "Client ID= forum ", "Name= Forum ", "Origins=https://forum.example"],
      ...["Redirect paths=/return", "Add host application"],
    ],
  },
  "hosts.update": { path: "/hosts/shop", steps: ["Edit", "Name= Shop ", "Save"] },
  "hosts.disable": { path: "/hosts/shop", steps: ["Disable", "Disable"] },
  "hosts.createKey": { path: "/hosts/shop", steps: ["Create key", "Create key"] },
  "hosts.revokeKey": {
    path: "/hosts/shop",
    steps: ["Revoke the key …aZ9_", "To confirm, type the end of the key: aZ9_=aZ9_", "Revoke"],
  },
  "hosts.createWebhook": {
    path: "/hosts/shop",
    steps: ["Add webhook", "Address= https://new.example/ ", "Add webhook"],
  },
  "hosts.updateWebhook": { path: "/hosts/shop", steps: ["Choose events", "Save"] },
  "hosts.testWebhook": { path: "/hosts/shop", steps: ["Send test"] },
  "hosts.enableWebhook": { path: "/hosts/shop", steps: ["Enable again"] },
  "hosts.rotateWebhookSecret": { path: "/hosts/shop", steps: ["Rotate secret", "Rotate secret"] },
  "hosts.deleteWebhook": { path: "/hosts/shop", steps: ["Remove", "Remove"] },
  "hosts.resend": {
    path: "/hosts/shop?webhook=01KHK10000000000000000001",
    steps: ["Send event evt_1 again"],
  },
  "operators.invite": {
    path: "/operators",
    steps: ["Add operator", "Name= olga ", "Role=Owner", "Make link"],
  },
  "operators.createPasswordLink": { path: operator, steps: ["Link for a new password"] },
  "operators.changeRole": { path: operator, steps: ["Role=Owner"] },
  "operators.disable": { path: operator, steps: ["Disable", "Disable"] },
  "operators.endSessions": { path: operator, steps: ["Sign out everywhere", "Sign out everywhere"] },
  "operators.resetFactors": {
    path: operator,
    steps: ["Reset second factor", "Type nina to confirm=nina", "Reset second factor"],
  },
  "operators.setFactorPolicy": { path: "/operators", steps: ["Require a second factor", "Require it"] },
  "alerts.createChannel": {
    path: "/alerts",
    steps: ["Add channel", "Name= Nights ", "Address= https://q.example/ ", "Add channel"],
  },
  "alerts.updateChannel": { path: "/alerts", steps: ["Change", "Name= On duty ", "Save"] },
  "alerts.testChannel": { path: "/alerts", steps: ["Send test"] },
  "alerts.disableChannel": { path: "/alerts", steps: ["Disable"] },
  "alerts.enableChannel": { path: "/alerts", steps: ["Enable"] },
  "alerts.deleteChannel": { path: "/alerts", steps: ["Delete", "Delete"] },
  "secondFactor.startTotp": {
    path: "/security",
    steps: ["Add authenticator app", "Your password=pw", "Next"],
  },
  "secondFactor.startPasskey": {
    path: "/security",
    steps: ["Add passkey", "Your password=pw", "Name=laptop", "Add"],
  },
  "secondFactor.remove": { path: "/security", steps: ["Remove phone", "Your password=pw", "Remove"] },
  "secondFactor.renewRecoveryCodes": {
    path: "/security",
    steps: ["Make new codes", "Your password=pw", "Make new codes"],
  },
  "operator.changePassword": {
    path: "/security",
    steps: [
      ...["Account of the-owner", "Change password", "Current password=a-long-walk"],
      ...["New password=a-longer-walk", "Change password"],
    ],
  },
  ...bulkActs("people", "/people", {
    blockMany: ["Block", because, "Block"],
    unblockMany: ["Unblock"],
    endSessionsMany: ["Sign out everywhere", "Sign out everywhere"],
  }),
  ...bulkActs("tokens", "/tokens", {
    checkUsers: ["Check with WeChat"],
    forgetUsers: ["Forget…", "Forget…"],
  }),
  ...bulkActs("failures", "/errors", {
    acknowledgeMany: ["Acknowledge"],
    resolveMany: ["Resolve"],
    reopenMany: ["Open again"],
    muteMany: ["Mute", "For 1 day"],
  }),
  "hosts.enable": { path: "/hosts/shop", steps: ["Enable"], answers: { "hosts.get": disabledHost } },
  "operators.enable": {
    ...{ path: operator, steps: ["Enable"] },
    answers: { "operators.list": { items: [disabledOperator], nextCursor: null } },
  },
  "operator.signIn": {
    ...{ path: "/sign-in", role: null },
    steps: ["Username=nina", "Password=a-long-walk", "Sign in"],
  },
  "operator.passFactor": {
    ...{
      path: "/sign-in/factor",
      role: null,
      steps: ["Use a recovery code", "Recovery code= AAAAAA ", "Sign in"],
    },
    answers: {
      "operator.pendingSignIn": { username: "nina", totp: true, passkey: true, recoveryCode: true },
    },
  },
};

/** What follows another act: its own tests take both steps. */
const afterAnother = [
  ...["failures.undo", "failures.undoMany", "operator.redeemLink", "operator.signOut"],
  ...["secondFactor.confirmPasskey", "secondFactor.confirmTotp"],
];

const labelOf = (control: HTMLElement) => all(`label[for="${control.id}"]`).map(textOf)[0] ?? nameOf(control);
const isRed = ({ style }: HTMLElement) => /red|--error/.test(style.cssText);

/** The dialog in front, or the whole document. */
const front = () => all("[data-front-dialog]").at(-1) ?? document.body;
const question = () => all("[data-front-dialog]").at(-1);

async function take(console: OpenedConsole, step: string): Promise<void> {
  const [name = "", value] = step.split("=");
  const part = within(front());
  if (value === undefined) {
    const press = (["button", "menuitem", "checkbox", "switch"] as const).flatMap((role) =>
      part.queryAllByRole(role, { name: role === "switch" ? new RegExp(name) : name }),
    );
    return console.click(press[0] ?? `nothing is called ${name}`);
  }
  const field = part.getAllByLabelText(name, { selector: "input, select, textarea" })[0] as HTMLElement;
  if (!(field instanceof HTMLSelectElement)) return console.type(field, value);
  const chosen = [...field.options].find(({ text }) => text === value);
  fireEvent.change(field, { target: { value: chosen?.value } });
  return console.settle();
}

const cases = Object.entries(acts).flatMap(([procedure, act]) =>
  [act].flat().map((one) => [procedure as Procedure, one] as const),
);

describe("an act", () => {
  it.each(cases)(
    "asks, waits, and says why it was refused: %s",
    async (procedure, { path, steps, answers, role = "owner" as Role | null }) => {
      const refused = new Refusal("INTERNAL_SERVER_ERROR", 500);
      const console = await openConsole(path, {
        role,
        answers: { ...everyAnswer, ...answers, [procedure]: refused } as Answers,
      });
      for (const step of steps.slice(0, -1)) await take(console, step);
      const asked = question();
      const asks = asked && {
        says: transcript(asked),
        startsAt: all("[data-autofocus]", asked).map(labelOf),
        red: all("button", asked).filter(isRed).map(nameOf),
        objections: objections(),
      };
      console.api.hold();
      await take(console, steps.at(-1) ?? "");
      const waiting = all("button[data-loading], select:disabled, input:disabled").map(labelOf);
      console.api.release();
      await console.settle();
      expect({
        asks,
        waiting,
        sent: console.api.inputsOf(procedure),
        said: [
          ...all('[role="alert"]:not(.mantine-Notification-root)').map((alert) => alert.textContent),
          ...notificationTexts(),
        ],
        isOpen: question() !== undefined,
      }).toMatchSnapshot();
    },
  );

  it("is in the table above", () => {
    const directory = join(import.meta.dirname, "../src");
    const sources = readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => readFileSync(join(directory, file), "utf8"));
    const named = sources.flatMap((source) => [...source.matchAll(/trpc\.(\w+\.\w+)\.mutationOptions/g)]);
    const inConsole = new Set(named.map(([, name]) => name));
    const inTable = new Set(cases.map(([procedure]) => procedure));
    expect([...inConsole].filter((name) => !inTable.has(name as Procedure)).sort()).toEqual(afterAnother);
  });
});
