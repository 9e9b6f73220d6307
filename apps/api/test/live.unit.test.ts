import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { latestOnly } from "../src/http/live.js";

describe("a browser that reads slowly", () => {
  it("is told of the latest row only, once it can take it", async () => {
    const stream = new PassThrough({ highWaterMark: 1 });
    const write = latestOnly(stream);
    for (const text of ["one", "two", "three"]) write(text);
    const read: string[] = [];
    stream.on("data", (text) => read.push(String(text)));
    await expect.poll(() => read).toEqual(["one", "three"]);
    write("four");
    await expect.poll(() => read).toEqual(["one", "three", "four"]);
  });

  it.each([
    ["ended", (stream: PassThrough) => void stream.end()],
    ["was cut", (stream: PassThrough) => void stream.destroy()],
  ])("is told nothing after its connection %s", async (_, close) => {
    const stream = new PassThrough();
    const failures: Error[] = [];
    stream.on("error", (error) => failures.push(error));
    const write = latestOnly(stream);
    close(stream);
    write("late");
    await new Promise(setImmediate);
    expect([stream.read(), failures]).toEqual([null, []]);
  });
});
