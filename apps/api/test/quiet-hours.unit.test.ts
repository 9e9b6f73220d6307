import { describe, expect, it } from "vitest";
import { endOfQuietHours } from "../src/domain/alerts/quiet-hours.js";

const at = (time: string) => new Date(`2027-05-04T${time}Z`);
const [seven, nine, twentyTwo] = [7 * 60, 9 * 60, 22 * 60];

describe("quiet hours", () => {
  it.each([
    ["21:59:59.999", undefined],
    ["22:00:00.000", "2027-05-05T07:00:00.000Z"],
    ["22:30:45.123", "2027-05-05T07:00:00.000Z"],
    ["00:00:00.000", "2027-05-04T07:00:00.000Z"],
    ["06:59:59.999", "2027-05-04T07:00:00.000Z"],
    ["07:00:00.000", undefined],
  ])("over midnight, at %s, end at %s", (time, end) => {
    const hours = { timeZone: "UTC", quietFrom: twentyTwo, quietTo: seven };
    expect(endOfQuietHours(hours, at(time))?.toISOString()).toBe(end);
  });

  it.each([
    ["06:59:59.999", undefined],
    ["07:00:00.000", "2027-05-04T09:00:00.000Z"],
    ["08:59:59.999", "2027-05-04T09:00:00.000Z"],
    ["09:00:00.000", undefined],
    ["23:30:00.000", undefined],
  ])("within a day, at %s, end at %s", (time, end) => {
    const hours = { timeZone: "UTC", quietFrom: seven, quietTo: nine };
    expect(endOfQuietHours(hours, at(time))?.toISOString()).toBe(end);
  });

  it("are those of the channel's time zone, also where it is not whole hours away", () => {
    const hours = { quietFrom: 0, quietTo: seven };
    const end = (timeZone: string, time: string) =>
      endOfQuietHours({ ...hours, timeZone }, at(time))?.toISOString();
    expect(end("Asia/Shanghai", "16:00:00.000")).toBe("2027-05-04T23:00:00.000Z");
    expect(end("Asia/Shanghai", "15:59:00.000")).toBeUndefined();
    expect(end("Asia/Kolkata", "18:45:00.000")).toBe("2027-05-05T01:30:00.000Z");
    expect(end("Asia/Kolkata", "18:29:00.000")).toBeUndefined();
  });

  it("are none without a beginning or an end, or where both are the same", () => {
    for (const [quietFrom, quietTo] of [
      [null, null],
      [6 * 60, null],
      [null, nine],
      [seven, seven],
    ] as const) {
      expect(endOfQuietHours({ timeZone: "UTC", quietFrom, quietTo }, at("07:00:00.000"))).toBeUndefined();
    }
  });
});
