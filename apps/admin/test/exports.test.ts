// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { exportAddress, RowCounter } from "../src/format/export-file.js";
import { consoleTests, type OpenedConsole, openConsole } from "./support/console.js";
import type { Answers } from "./support/stand-in-api.js";

consoleTests();

/** What a browser with the File System Access API saved, and what it was asked. */
interface Saved {
  name: string | undefined;
  text: string;
  state: "open" | "closed" | "aborted" | "removed";
}

let saved: Saved;
/** How the api answers an export; the other requests go to the stand-in. */
let answer: (address: string, signal: AbortSignal) => Promise<Response>;
let asked: string[];

const encoder = new TextEncoder();

/** An answer that sends these parts and then ends, breaks off or waits. */
function answerOf(parts: string[], end: "ends" | "breaks" | "waits", signal?: AbortSignal): Response {
  let n = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const part = parts[n++];
      const fail = () => controller.error(new TypeError("network error"));
      if (part !== undefined) controller.enqueue(encoder.encode(part));
      else if (end === "ends") controller.close();
      else if (end === "breaks") fail();
      else signal?.addEventListener("abort", fail);
    },
  });
  return { ok: true, status: 200, body } as Response;
}

function withPicker(): void {
  saved = { name: undefined, text: "", state: "open" };
  vi.stubGlobal("showSaveFilePicker", async ({ suggestedName }: { suggestedName: string }) => {
    saved.name = suggestedName;
    return {
      createWritable: async () => ({
        async write(part: Uint8Array) {
          saved.text += new TextDecoder().decode(part);
        },
        async close() {
          saved.state = "closed";
        },
        async abort() {
          saved.state = "aborted";
        },
      }),
      async remove() {
        saved.state = "removed";
      },
    };
  });
}

const notifications = () =>
  [...document.querySelectorAll(".mantine-Notification-root")].map((one) => one.textContent);

beforeEach(() => {
  asked = [];
});

const none = { items: [], nextCursor: null };
const answers = {
  ...{
    "people.list": none,
    "tokens.listApps": { items: [] },
    "tokens.listUsers": none,
    "signIns.list": none,
  },
  ...{ "failures.list": none, "audit.list": none, "operators.list": none, "system.isEmpty": false },
} as unknown as Answers;

async function openList(path: string) {
  const console = await openConsole(path, { answers });
  const others = globalThis.fetch;
  vi.stubGlobal("fetch", (input: string, init: { signal: AbortSignal }) => {
    if (!String(input).startsWith("/admin/export/")) return others(input, init as RequestInit);
    asked.push(String(input));
    return answer(String(input), init.signal);
  });
  return console;
}

async function start(console: OpenedConsole, format = "CSV, for spreadsheets"): Promise<void> {
  await console.click("Export");
  await console.click(console.body.getByRole("menuitem", { name: format }));
  await console.settle();
}

describe("the export of a list", () => {
  it.each([
    ["/people?q=oAlice&status=blocked", "/admin/export/people?format=csv&q=oAlice&status=blocked"],
    ["/tokens?state=dead", "/admin/export/user-tokens?format=csv&state=dead"],
    [
      "/sign-ins?outcome=failed&browser=01M8X7C0ZZ0000000000000000&range=all",
      "/admin/export/sign-ins?format=csv&outcome=failed&sameBrowserAs=01M8X7C0ZZ0000000000000000",
    ],
    [
      "/errors?view=log&errcode=40163&range=1h",
      "/admin/export/failures?format=csv&errcode=40163&from=2026-03-01T11%3A00%3A00.000Z",
    ],
    ["/audit?result=denied&range=all", "/admin/export/audit?format=csv&result=denied"],
  ])("asks for the rows that the page shows: %s", async (path, address) => {
    withPicker();
    answer = async () => answerOf(['"id"\r\n', '"1"\r\n"2"\r\n'], "ends");
    const console = await openList(path);
    await start(console);
    expect(asked).toEqual([address]);
    expect(saved).toEqual({
      name: expect.stringMatching(/^(people|user-tokens|sign-ins|failures|audit)-2026-03-01\.csv$/),
      text: '"id"\r\n"1"\r\n"2"\r\n',
      state: "closed",
    });
    expect(notifications()).toEqual([expect.stringContaining("2 rows were saved.")]);
  });

  it("says how many rows are saved so far, and leaves no file when it is cancelled", async () => {
    withPicker();
    let signal: AbortSignal | undefined;
    answer = async (_, given) => {
      signal = given;
      return answerOf(['"id"\r\n"1"\r\n', '"2"\r\n'], "waits", given);
    };
    const console = await openList("/people");
    await start(console);
    await console.click("Exporting: 2 rows. Cancel the export");
    expect(signal?.aborted).toBe(true);
    expect(saved.state).toBe("removed");
    expect(notifications()).toEqual([
      expect.stringContaining("The export was cancelled, and no file was saved."),
    ]);
    expect(console.button("Export").textContent).toBe("Export");
  });

  it("ends without a file when another page is opened, which has no button that cancels it", async () => {
    withPicker();
    answer = async (_, given) => answerOf(['"id"\r\n"1"\r\n'], "waits", given);
    const console = await openList("/people");
    await start(console);
    await console.open("/audit");
    expect([console.address, saved.state]).toEqual(["/audit", "removed"]);
  });

  it("leaves no file when the connection breaks, and says so", async () => {
    withPicker();
    answer = async () => answerOf(['"id"\r\n"1"\r\n'], "breaks");
    await start(await openList("/people"));
    expect(saved.state).toBe("removed");
    expect(notifications()).toEqual([
      expect.stringContaining("The export was cut off, and no file was saved."),
    ]);
  });

  it("says why the server refused it", async () => {
    withPicker();
    const body = { code: "too_many_exports", requestId: "01M8X7C0ZZ0000000000000001" };
    answer = async () => ({ ok: false, status: 429, json: async () => body }) as Response;
    await start(await openList("/people"));
    expect(saved.state).toBe("removed");
    expect(notifications()).toEqual([
      expect.stringMatching(/Too many exports at once.*Request number 01M8…00000001/),
    ]);
  });

  it("is refused for another reason with the request number, and not at all where the session ended", async () => {
    withPicker();
    const refusal = (status: number) => async () =>
      ({
        ok: false,
        status,
        json: async () => ({ code: "of_another_version", requestId: "01M8" }),
      }) as Response;
    answer = refusal(403);
    const console = await openList("/people");
    await start(console);
    expect(notifications()).toEqual([
      expect.stringMatching(/^The server did not export this list\. Request number 01M8/),
    ]);
    answer = refusal(401);
    await start(console);
    expect([console.address, notifications()]).toEqual(["/sign-in?next=%2Fpeople", [expect.anything()]]);
  });

  it("is nothing to tell where the operator closed the browser's own question", async () => {
    vi.stubGlobal("showSaveFilePicker", async () => {
      throw new DOMException("closed", "AbortError");
    });
    const console = await openList("/people");
    await start(console);
    expect([notifications(), asked]).toEqual([[], []]);
    expect(console.button("Export")).toBeTruthy();
  });

  it("is downloaded by the browser itself where a page cannot write files", async () => {
    const clicked: string[] = [];
    const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (
      this: HTMLAnchorElement,
    ) {
      clicked.push(this.getAttribute("href") ?? "");
    });
    await start(await openList("/people?status=blocked"), "NDJSON, one JSON object a line");
    click.mockRestore();
    expect([asked, clicked]).toEqual([[], ["/admin/export/people?format=ndjson&status=blocked"]]);
    expect(notifications()).toEqual([expect.stringContaining("Your browser saves the file.")]);
  });
});

describe("exportAddress", () => {
  it("leaves out what is not chosen, and escapes what is", () => {
    expect(exportAddress("people", "ndjson", { q: "王 &=", appId: undefined, status: "" })).toBe(
      "/admin/export/people?format=ndjson&q=%E7%8E%8B+%26%3D",
    );
  });
});

describe("RowCounter", () => {
  it("counts rows of CSV without the names of the columns and without line feeds in quoted cells, in parts cut anywhere", () => {
    const file = encoder.encode('"a","b"\r\n"1","two\r\nlines ""and"" more\n"\r\n"2",""\r\n');
    for (let cut = 0; cut <= file.length; cut++) {
      const counter = new RowCounter(true);
      counter.add(file.slice(0, cut));
      expect(counter.add(file.slice(cut)), `cut at ${cut}`).toBe(2);
    }
    expect(new RowCounter(true).count).toBe(0);
  });

  it("counts lines of NDJSON, whatever quotes they have", () => {
    expect(new RowCounter(false).add(encoder.encode('{"a":"\\""}\n{"b":1}\n'))).toBe(2);
  });
});
