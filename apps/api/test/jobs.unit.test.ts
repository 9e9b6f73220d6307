import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Database } from "../src/db/database.js";
import { gramBatchSize } from "../src/db/nickname-grams.js";
import type { Deps } from "../src/domain/deps.js";
import { DeliverySlots } from "../src/domain/events/delivery-slots.js";
import { CallCounts } from "../src/domain/failures/call-counts.js";
import { checkpoint } from "../src/domain/jobs/checkpoint.js";
import { deleteExpired } from "../src/domain/jobs/delete-expired.js";
import { startJobs } from "../src/domain/jobs/jobs.js";
import { writeNicknameGrams } from "../src/domain/jobs/nickname-grams.js";
import { Notices } from "../src/domain/notices.js";
import { Requesters } from "../src/domain/tokens/requesters.js";

// Timers are faked, so that what runs every minute is not waited for.

/** A database that only records, and that a test makes fail or hang. */
function recorder() {
  const calls: string[] = [];
  const logged: object[] = [];
  const state = {
    /** A call by its name, or every call. */
    failing: undefined as string | undefined,
    /** Resolves once the call of this name may end. */
    hanging: new Map<string, Promise<void>>(),
    walBytes: 0,
  };
  const call = async <Result>(name: string, result: Result): Promise<Result> => {
    calls.push(name);
    await state.hanging.get(name);
    if (state.failing === name || state.failing === "every") throw new Error(`${name} failed`);
    return result;
  };
  const db = {
    engine: "sqlite",
    run: ({ name }: { name: string }) => call(name, []),
    batch: (steps: { statement: { name: string }; values: object }[]) =>
      call(
        `batch of ${steps.map(({ statement, values }) => `${statement.name} ${JSON.stringify(values)}`)}`,
        [],
      ),
    copyLog: () => call("copy_log", undefined),
    checkpoint: () => call("checkpoint", { walBytes: state.walBytes }),
  } as unknown as Database;
  const take = (name: string) => {
    calls.push(name);
    if (state.failing === "every") throw new Error(`${name} failed`);
  };
  const write = (level: string) => (fields: object) => void logged.push({ level, ...fields });
  const deps = {
    db,
    now: () => new Date(60_000_000),
    clearedFailures: { afterAt: new Date(0), afterId: "" },
    settings: { retentionDays: 90, sessionIdleSeconds: 1000, sessionAbsoluteSeconds: 5000 },
    apps: { all: [{ appId: "wx1", kind: "official_account", group: "g" }] },
    appToken: () => ({ refreshIfDue: () => call("tokens", undefined) }),
    tokenRequesters: new Requesters(),
    callCounts: new CallCounts(),
    missingUnionids: { take: () => take("unionids") },
    staleProfiles: { take: () => take("profiles") },
    notices: new Notices(),
    deliverySlots: new DeliverySlots(),
    log: { info: write("info"), warn: write("warn"), error: write("error") },
  } as unknown as Deps;
  /** How often each job ran so far, by its first call. */
  const runs = () => {
    const count = (name: string) => calls.filter((made) => made.startsWith(name)).length;
    return {
      cleanUp: count("abandon_sign_ins"),
      checkpoint: count("checkpoint"),
      logCopies: count("copy_log"),
      tokens: count("tokens"),
      groups: count("find_group_join"),
      counts: count("batch of add_call_count"),
      unionids: count("unionids"),
      profiles: count("profiles"),
      seals: count("list_unsealed"),
      erasures: count("list_open_erasures"),
      ledger: count("list_erasures"),
      events: count("find_unnumbered"),
      webhooks: count("list_due_deliveries"),
      disabled: count("list_disabled_endpoints"),
    };
  };
  return { deps, calls, logged, state, runs };
}

let jobs: ReturnType<typeof recorder>;
beforeEach(() => {
  jobs = recorder();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
});
afterEach(() => vi.useRealTimers());

/** Lets what was begun go on until it waits for a timer. */
const settle = () => vi.advanceTimersByTimeAsync(0);
const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const count = () => jobs.deps.callCounts.add(jobs.deps.now(), "wx1", "sns/auth", "");
const counted = (calls: number) => {
  const about = { appId: "wx1", endpoint: "sns/auth", errcode: "", calls };
  const steps = [
    `add_call_count ${JSON.stringify({ minute: 1000, ...about })}`,
    `add_call_slot ${JSON.stringify({ ...about, minutes: 15, slot: 66 })}`,
    `add_call_slot ${JSON.stringify({ ...about, minutes: 1440, slot: 0 })}`,
  ];
  return `batch of ${steps}`;
};

function hang(name: string): () => void {
  let release = (): void => {};
  jobs.state.hanging.set(
    name,
    new Promise((resolve) => {
      release = () => {
        jobs.state.hanging.delete(name);
        resolve();
      };
    }),
  );
  return release;
}

describe("the jobs", () => {
  it("run at the start; the ledger is compared again every ten minutes, clean-up, checkpoint, tokens, groups, erasures and disabled webhooks run every minute, counts, seals, unionids and profiles every 5 s, events, webhooks and copies of the log every 0.5 s", async () => {
    count();
    const stop = startJobs(jobs.deps);
    await settle();
    const once = { cleanUp: 1, checkpoint: 1, tokens: 1, groups: 1, erasures: 1, disabled: 1, ledger: 1 };
    expect(jobs.runs()).toEqual({
      ...once,
      counts: 1,
      unionids: 1,
      profiles: 1,
      seals: 1,
      events: 1,
      webhooks: 1,
      logCopies: 1,
    });
    count();
    await advance(4_999);
    expect(jobs.runs()).toEqual({
      ...once,
      counts: 1,
      unionids: 1,
      profiles: 1,
      seals: 1,
      events: 10,
      webhooks: 10,
      logCopies: 10,
    });
    await advance(1);
    expect(jobs.runs()).toEqual({
      ...once,
      counts: 2,
      unionids: 2,
      profiles: 2,
      seals: 2,
      events: 11,
      webhooks: 11,
      logCopies: 11,
    });
    await advance(54_999);
    expect(jobs.runs()).toEqual({
      ...once,
      counts: 2,
      unionids: 12,
      profiles: 12,
      seals: 12,
      events: 120,
      webhooks: 120,
      logCopies: 120,
    });
    await advance(1);
    expect(jobs.runs()).toEqual({
      cleanUp: 2,
      checkpoint: 2,
      tokens: 2,
      groups: 2,
      counts: 2,
      erasures: 2,
      ledger: 1,
      disabled: 2,
      events: 121,
      webhooks: 121,
      logCopies: 121,
      unionids: 13,
      profiles: 13,
      seals: 13,
    });
    await advance(9 * 60_000 - 1);
    expect(jobs.runs()).toMatchObject({ erasures: 10, ledger: 1 });
    await advance(1);
    expect(jobs.runs()).toMatchObject({ erasures: 11, ledger: 2 });
    await stop();
  });

  it("are logged by name if they fail, and run again at their next time", async () => {
    jobs.state.failing = "checkpoint";
    const stop = startJobs(jobs.deps);
    await settle();
    expect(jobs.logged).toEqual([
      { level: "error", event: "job_failed", job: "checkpoint", err: new Error("checkpoint failed") },
    ]);
    jobs.state.failing = undefined;
    await advance(60_000);
    expect(jobs.runs().checkpoint).toBe(2);
    expect(jobs.logged).toHaveLength(1);
    await stop();
  });

  it("are each logged by a name of its own", async () => {
    jobs.state.failing = "every";
    count();
    const stop = startJobs(jobs.deps);
    await settle();
    expect(jobs.logged.map((line) => (line as { job: string }).job).sort()).toEqual([
      ...[
        "alert_messages",
        "alerts",
        "app_tokens",
        "audit_seals",
        "call_counts",
        "checkpoint",
        "copy_log",
        "delete_expired",
        "disabled_webhooks",
      ],
      ...["erasure_ledger", "erasures", "events", "group_joins", "late_unionids", "nickname_grams"],
      ...["stale_profiles", "webhooks"],
    ]);
    await stop();
  });

  it("never run twice at the same time, and the others go on meanwhile", async () => {
    const release = hang("checkpoint");
    const stop = startJobs(jobs.deps);
    await advance(180_000);
    expect(jobs.runs()).toMatchObject({ cleanUp: 4, checkpoint: 1, tokens: 4 });
    release();
    await advance(60_000);
    expect(jobs.runs()).toMatchObject({ cleanUp: 5, checkpoint: 2, tokens: 5 });
    await stop();
  });
});

describe("stopping the jobs", () => {
  it("waits for the one that runs, writes the calls that were counted meanwhile, and starts none again", async () => {
    const release = hang("checkpoint");
    const stop = startJobs(jobs.deps);
    await settle();
    let isStopped = false;
    const stopped = stop().then(() => {
      isStopped = true;
    });
    await advance(600_000);
    expect([isStopped, jobs.runs()]).toEqual([
      false,
      {
        ...{ cleanUp: 1, checkpoint: 1, tokens: 1, groups: 1, erasures: 1, disabled: 1, ledger: 1 },
        ...{ counts: 0, unionids: 1, profiles: 1, seals: 1, events: 1, webhooks: 1, logCopies: 1 },
      },
    ]);
    count();
    count();
    const written = hang(counted(2));
    release();
    await settle();
    expect([isStopped, jobs.calls.at(-1)]).toEqual([false, counted(2)]);
    written();
    await stopped;
    const before = jobs.calls.length;
    await advance(600_000);
    expect([jobs.calls.length, vi.getTimerCount()]).toEqual([before, 0]);
  });

  it("succeeds although the last counts cannot be written", async () => {
    const stop = startJobs(jobs.deps);
    await settle();
    count();
    jobs.state.failing = counted(1);
    await expect(stop()).resolves.toBeUndefined();
    expect(jobs.calls.at(-1)).toBe(counted(1));
  });
});

describe("a job that reads many rows", () => {
  /** Answers the statement of this name with the pages, then with nothing; keeps what it was asked with. */
  function answer(name: string, pageOf: (n: number) => object[]) {
    const asked: object[] = [];
    const batches: string[][] = [];
    const run = async (statement: { name: string }, values: object) => {
      if (statement.name !== name) return [];
      asked.push(values);
      return pageOf(asked.length - 1);
    };
    const batch = async (steps: { values: { id: string } }[]) =>
      void batches.push(steps.map(({ values }) => values.id));
    return { asked, batches, deps: { ...jobs.deps, db: { ...jobs.deps.db, run, batch } } as unknown as Deps };
  }
  const failures = (from: number, count: number, about: (n: number) => object = () => ({})) =>
    Array.from({ length: count }, (_, n) => ({
      ...{ id: `f${from + n}`, at: new Date(from + n), errmsg: "", rid: null, request: null },
      ...about(from + n),
    }));
  const read = (n: number) => ({ afterAt: new Date(n), afterId: n === 0 ? "" : `f${n}` });

  it("empties failures a page at a time, only those that are not empty, and next time goes on after the last one", async () => {
    vi.useRealTimers();
    const pages = [
      failures(1, 500, (n) => [{ errmsg: "no" }, { rid: "r" }, { request: "{}" }][n - 2] ?? {}),
      failures(501, 500),
      failures(1001, 1, () => ({ errmsg: "no" })),
    ];
    const { deps, asked, batches } = answer("list_failures_after", (n) => pages[n] ?? []);
    const before = new Date(60_000_000 - 30 * 86_400_000);
    await deleteExpired(deps);
    expect(asked).toEqual([0, 500, 1000].map((n) => ({ ...read(n), before })));
    expect(batches).toEqual([["f2", "f3", "f4"], ["f1001"]]);
    await deleteExpired(deps);
    expect(asked.slice(3)).toEqual([{ ...read(1001), before }]);
  });

  it("reads 200 pages of failures and 50 of nicknames at most, and leaves the rest for its next time", async () => {
    vi.useRealTimers();
    const ofFailures = answer("list_failures_after", (n) => failures(n * 500 + 1, 500));
    await deleteExpired(ofFailures.deps);
    expect(ofFailures.asked).toHaveLength(200);
    const ofNicknames = answer("list_not_searchable", () =>
      Array.from({ length: gramBatchSize }, () => ({})),
    );
    await writeNicknameGrams({ db: { ...ofNicknames.deps.db, batch: async () => [] } as never });
    expect(ofNicknames.asked).toHaveLength(50);
  });

  it.each(["find_audit_anchor", "list_failures_after"])(
    "fails if %s does, after all that it can do",
    async (name) => {
      jobs.state.failing = name;
      await expect(deleteExpired(jobs.deps)).rejects.toThrow(`${name} failed`);
      for (const step of ["abandon_sign_ins", "delete_call_counts_before", "list_failures_after"]) {
        expect(jobs.calls).toContain(step);
      }
    },
  );
});

describe("the checkpoint of the write-ahead log", () => {
  const limit = 64 * 1024 * 1024;

  it("warns from 64 MiB on, in the log each time and in the console since the first, until the log is short again", async () => {
    const { deps, logged, state } = jobs;
    state.walBytes = limit - 1;
    await checkpoint(deps);
    expect([logged, deps.notices.list()]).toEqual([[], []]);
    for (const bytes of [limit, limit + 1]) {
      state.walBytes = bytes;
      await checkpoint(deps);
    }
    expect(logged).toEqual([
      { level: "warn", event: "write_ahead_log_large", bytes: limit },
      { level: "warn", event: "write_ahead_log_large", bytes: limit + 1 },
    ]);
    expect(deps.notices.list()).toEqual([{ kind: "write_ahead_log_large", since: deps.now() }]);
    state.walBytes = limit - 1;
    await checkpoint(deps);
    expect([logged.length, deps.notices.list()]).toEqual([2, []]);
  });
});
