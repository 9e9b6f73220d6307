import { notifications } from "@mantine/notifications";
import { configure, fireEvent, type queries, within } from "@testing-library/dom";
import { userEvent } from "@testing-library/user-event";
import { act, createElement } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { queryClient } from "../../src/api/client.js";
import { App } from "../../src/app.js";
import { initialLanguage, type Language } from "../../src/language/language.js";
import type { Texts } from "../../src/language/language-provider.js";
import { loadMessages } from "../../src/messages/load.js";
import { type ConsoleRouter, createConsoleRouter } from "../../src/router.js";
// Loaded beforehand, so that opening a page takes no time that depends on the machine.
import "../../src/pages/alerts/alerts-page.js";
import "../../src/pages/audit/audit-page.js";
import "../../src/pages/auth/factor-page.js";
import "../../src/pages/auth/operator-sign-in-page.js";
import "../../src/pages/auth/set-up-page.js";
import "../../src/pages/conflicts/conflict-page.js";
import "../../src/pages/conflicts/conflicts-page.js";
import "../../src/pages/errors/errors-page.js";
import "../../src/pages/hosts/host-page.js";
import "../../src/pages/hosts/hosts-page.js";
import "../../src/pages/operators/operators-page.js";
import "../../src/pages/overview/overview-page.js";
import "../../src/pages/people/people-page.js";
import "../../src/pages/requests/request-page.js";
import "../../src/pages/search/search-page.js";
import "../../src/pages/security/security-page.js";
import "../../src/pages/sign-ins/sign-in-page.js";
import "../../src/pages/sign-ins/sign-ins-page.js";
import "../../src/pages/tokens/tokens-page.js";
import "../../src/pages/wechat-apps/wechat-apps-page.js";
import "../../src/shell/palette/command-palette.js";
import "../../src/shell/palette/shortcuts-dialog.js";
import { type Answers, type Output, StandInApi } from "./stand-in-api.js";
import { transcript } from "./transcript.js";

/** Every test happens at this moment, a little after a whole minute. */
export const NOW = "2026-03-01T12:00:30.000Z";

const operators = {
  viewer: { id: "01KVIEWER00000000000000000", username: "guest-viewer", role: "viewer", mustEnrol: false },
  operator: { id: "01KOPERATOR000000000000000", username: "night-shift", role: "operator", mustEnrol: false },
  owner: { id: "01KOWNER000000000000000000", username: "the-owner", role: "owner", mustEnrol: false },
} as const satisfies Record<string, NonNullable<Output<"operator.me">>>;

export type Role = keyof typeof operators;

const environment: { IS_REACT_ACT_ENVIRONMENT?: boolean | undefined } = globalThis as object;
environment.IS_REACT_ACT_ENVIRONMENT = true;
configure({
  defaultHidden: true,
  // user-event waits between its events: what React does meanwhile is no mistake of the test.
  async asyncWrapper(callback) {
    environment.IS_REACT_ACT_ENVIRONMENT = false;
    try {
      return await callback();
    } finally {
      environment.IS_REACT_ACT_ENVIRONMENT = true;
    }
  },
  eventWrapper(callback) {
    const before = environment.IS_REACT_ACT_ENVIRONMENT;
    environment.IS_REACT_ACT_ENVIRONMENT = true;
    try {
      let result: unknown;
      act(() => {
        result = callback();
      });
      return result;
    } finally {
      environment.IS_REACT_ACT_ENVIRONMENT = before;
    }
  },
});

// Vitest's environment puts it here.
const { happyDOM: happyDom } = globalThis as unknown as {
  happyDOM: { setViewport(size: { width: number; height: number }): void };
};

// Real time passes for the import of a page and for the promises of a request; every timer waits for the test.
const realImmediate = setImmediate;
const nextTurn = () => new Promise<void>((resolve) => realImmediate(resolve));

/** From one promise to the next nothing is under way for a moment: between two requests, or before a page renders. */
const QUIET_TURNS = 6;

/** What React and the console report as a mistake fails the test. */
const complaints: string[] = [];

let opened: OpenedConsole | undefined;

/** Called by each file that opens the console: time stands still in its tests, and what they opened is closed. */
export function consoleTests(): void {
  beforeEach(() => {
    vi.useFakeTimers({
      now: new Date(NOW),
      toFake: ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval"],
    });
    vi.spyOn(console, "error").mockImplementation((...parts) => {
      const text = parts.map(String).join(" ");
      // happy-dom does not know this element of HTML yet.
      if (!/^The tag <%s> is unrecognized.* search$/.test(text)) complaints.push(text);
    });
  });
  afterEach(async () => {
    await opened?.close();
    opened = undefined;
    vi.useRealTimers();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    expect(complaints.splice(0)).toEqual([]);
  });
}

interface Opening {
  /** null for a visitor without a session. */
  role?: Role | null;
  /** null before an operator chose one. */
  language?: Language | null;
  answers?: Answers;
  /** The width of the window; a phone has 400. */
  width?: number;
}

const bars: Output<"overview.bars"> = {
  ...{ from: "2026-03-01T11:00:00.000Z", to: NOW, barMinutes: 60 },
  bars: [
    {
      ...{ at: "2026-03-01T11:00:00.000Z", calls: 40, failedCalls: 4 },
      signIns: { signed_in: 5, abandoned: 2, failed: 1 },
    },
    { at: "2026-03-01T12:00:00.000Z", calls: 0, failedCalls: 0, signIns: {} },
  ],
};
const manyRows = { count: 10_000, isMore: true };

/** Opens the console at a path below /admin, with the stand-in api behind it, and waits until it is quiet. */
export async function openConsole(path: string, opening: Opening = {}): Promise<OpenedConsole> {
  if (!vi.isFakeTimers()) throw new Error("The file opens the console, and does not call consoleTests()");
  const { role = "operator", language = "en", answers = {}, width = 1280 } = opening;
  const api = new StandInApi({
    "operator.me": role === null ? null : operators[role],
    "system.notices": { items: [] },
    "system.retention": { days: 190 },
    "conflicts.countOpen": { count: 0, isMore: false },
    "overview.bars": bars,
    // Asked for only where a list goes on after its first page.
    "people.count": manyRows,
    "tokens.countUsers": manyRows,
    "failures.count": manyRows,
    "signIns.count": manyRows,
    "audit.count": manyRows,
    "apps.list": {
      items: [
        { appId: "wx00000000000000a1", key: "main", kind: "official_account", profile: "full", group: "g" },
        { appId: "wx00000000000000b2", key: "web", kind: "website", profile: "full", group: null },
      ],
    },
    ...answers,
  } as Answers);
  vi.stubGlobal("fetch", api.fetch);
  happyDom.setViewport({ width, height: 800 });
  if (language !== null) localStorage.setItem("console-language", language);
  history.replaceState(null, "", `/admin${path}`);
  const chosen = initialLanguage();
  opened = new OpenedConsole(api, { language: chosen, messages: await loadMessages(chosen) });
  await opened.settle();
  return opened;
}

export class OpenedConsole {
  readonly user = userEvent.setup({ delay: null, pointerEventsCheck: 0 });
  readonly router: ConsoleRouter = createConsoleRouter();
  readonly #root: Root;
  readonly #container = document.createElement("div");

  constructor(
    readonly api: StandInApi,
    texts: Texts,
  ) {
    document.body.append(this.#container);
    this.#root = createRoot(this.#container);
    act(() => this.#root.render(createElement(App, { router: this.router, texts })));
  }

  async close(): Promise<void> {
    this.api.release();
    await this.settle();
    await act(async () => {
      notifications.clean();
      notifications.cleanQueue();
    });
    await act(async () => this.#root.unmount());
    await this.settle();
    this.router.history.destroy();
    queryClient.clear();
    document.body.replaceChildren();
    localStorage.clear();
    sessionStorage.clear();
  }

  /** Waits until no request, no navigation and no rendering is under way. */
  async settle(): Promise<void> {
    const startedAt = performance.now();
    const now = Date.now();
    let quietTurns = 0;
    while (quietTurns < QUIET_TURNS) {
      if (performance.now() - startedAt > 10_000) {
        throw new Error(`The console does not come to rest: ${this.router.state.status}`);
      }
      await act(async () => {
        // A timer without a delay, set within another one, is due a millisecond later.
        await vi.advanceTimersByTimeAsync(1);
        vi.setSystemTime(now);
        await nextTurn();
      });
      const isQuiet = this.api.isIdle && this.router.state.status === "idle";
      quietTurns = isQuiet ? quietTurns + 1 : 0;
    }
  }

  /** Lets time pass. */
  async wait(milliseconds: number): Promise<void> {
    await act(async () => {
      await vi.advanceTimersByTimeAsync(milliseconds);
    });
    await this.settle();
  }

  /** The address below /admin, as the browser shows it. */
  get address(): string {
    return (location.pathname + location.search).replace(/^\/admin/, "");
  }

  get main() {
    return this.#within("main");
  }

  /** The open drawer or dialog. */
  get dialog() {
    return this.#within('[role="dialog"]');
  }

  get body() {
    return within(document.body);
  }

  /** What the page says, without the frame around it. */
  get page(): string[] {
    return transcript(this.#find("main"));
  }

  get drawer(): string[] {
    return transcript(this.#find('[role="dialog"]'));
  }

  /** The field with a label, in the page or a dialog. */
  field(label: string): HTMLElement {
    return this.body.getByLabelText(label, { selector: "input:not([aria-hidden])" });
  }

  /** What the page says went wrong, from top to bottom. */
  get alerts(): string[] {
    return [...document.querySelectorAll('[role="alert"]')].map((alert) => alert.textContent);
  }

  /** What a part of the page says. */
  read(selector: string): string[] {
    return transcript(this.#find(selector));
  }

  has(selector: string): boolean {
    return document.querySelector(selector) !== null;
  }

  /** The rows of the table, each from its column's header to the text of its cell. */
  get rows(): Record<string, string>[] {
    const table = this.#find("main table");
    const cells = (row: Element) => (transcript(row)[0] ?? "").split(" | ");
    const [head, ...rows] = [...table.querySelectorAll("tr")].map(cells);
    return rows.map((row) => Object.fromEntries((head ?? []).map((name, place) => [name, row[place] ?? ""])));
  }

  // Single events instead of user-event's ten for each: a suite of some hundred clicks and texts is twice as fast.

  async click(target: Element | string): Promise<void> {
    const element = typeof target === "string" ? this.button(target) : target;
    act(() => (element as HTMLElement).focus());
    fireEvent.click(element);
    await this.settle();
  }

  button(name: string): HTMLElement {
    return this.body.getByRole("button", { name });
  }

  link(name: string | RegExp): HTMLElement {
    return this.body.getByRole("link", { name });
  }

  async choose(label: string, option: string): Promise<void> {
    const select = this.main.getByLabelText(label) as HTMLSelectElement;
    const chosen = [...select.options].find(({ text }) => text === option);
    if (!chosen) throw new Error(`${label} has no option ${option}`);
    fireEvent.change(select, { target: { value: chosen.value } });
    await this.settle();
  }

  /** Replaces the text of a field, which then has the focus. */
  async type(field: Element, text: string): Promise<void> {
    act(() => (field as HTMLElement).focus());
    fireEvent.change(field, { target: { value: text } });
    await this.settle();
  }

  async press(keys: string): Promise<void> {
    await this.user.keyboard(keys);
    await this.settle();
  }

  /** An input method writes a text, and its Enter confirms it. */
  async composeEnter(field: Element, text: string): Promise<void> {
    fireEvent.change(field, { target: { value: text } });
    fireEvent.keyDown(field, { key: "Enter", isComposing: true });
    await this.settle();
  }

  /** A picture does not load. */
  async fail(picture: Element): Promise<void> {
    fireEvent.error(picture);
    await this.settle();
  }

  /** Follows a link to a path below /admin, as the search box does. */
  async open(path: string): Promise<void> {
    await act(async () => this.router.history.push(`/admin${path}`));
    await this.settle();
  }

  /** Opens a one-time link in this tab. */
  async openSetUpLink(secret: string): Promise<void> {
    await act(async () => {
      history.replaceState(null, "", `/admin/set-up#${secret}`);
      dispatchEvent(new Event("hashchange"));
    });
    await this.settle();
  }

  async back(): Promise<void> {
    await act(async () => history.back());
    await this.settle();
  }

  #find(selector: string): Element {
    const found = [...document.querySelectorAll(selector)].at(-1);
    if (!found) throw new Error(`Nothing on the page is ${selector}`);
    return found;
  }

  #within(selector: string) {
    return within<typeof queries>(this.#find(selector) as HTMLElement);
  }
}

/** The notifications, each with its colour. */
export const notificationTexts = (): string[] =>
  [...document.querySelectorAll(".mantine-Notification-root")].map(
    (shown) => `${shown.textContent} ${/color-(\w+)-filled/.exec(shown.getAttribute("style") ?? "")?.[1]}`,
  );

/** The latest of them. */
export const notification = (): string | undefined => notificationTexts().at(-1);
