import { vi } from "vitest";

/** What the stand-in answers: data of a procedure, an HTTP error with a tRPC code, or no answer at all. */
type Answer = { data: unknown } | { error: string; status: number } | "no answer";

export type Call = { method: string; path: string; body: unknown };

/** Replaces the network of the page by answers that the test chooses, each at the moment that it chooses. */
export function standInApi() {
  const calls: Call[] = [];
  const waiting: { path: string; answer: (answer: Answer) => void }[] = [];
  vi.stubGlobal("fetch", (input: RequestInfo | URL, init: RequestInit = {}) => {
    const path = String(input);
    calls.push({
      method: init.method ?? "GET",
      path,
      body: init.body == null ? undefined : JSON.parse(String(init.body)),
    });
    return new Promise((resolve, reject) => {
      waiting.push({
        path,
        answer: (answer) =>
          answer === "no answer"
            ? reject(new TypeError("Failed to fetch"))
            : resolve(responseOf(path, answer)),
      });
    });
  });
  return {
    calls,
    /** Answers the oldest call of this procedure that still waits, and lets the page handle it. */
    async answer(procedure: string, answer: Answer): Promise<void> {
      const index = waiting.findIndex(({ path }) => path.split("?")[0] === `/trpc/${procedure}`);
      const [call] = index === -1 ? [] : waiting.splice(index, 1);
      if (!call) throw new Error(`the page does not wait for ${procedure}`);
      call.answer(answer);
      await settled();
    },
  };
}

/** The client sends a request and reads its answer in a few steps, all of them microtasks. */
export async function settled(): Promise<void> {
  for (let step = 0; step < 30; step++) await Promise.resolve();
}

function responseOf(path: string, answer: Exclude<Answer, "no answer">): unknown {
  const body =
    "data" in answer
      ? { result: { data: answer.data } }
      : {
          error: {
            code: -32_000,
            message: "refused",
            data: { code: answer.error, httpStatus: answer.status, path },
          },
        };
  const status = "data" in answer ? 200 : answer.status;
  return { ok: status < 400, status, json: async () => body };
}
