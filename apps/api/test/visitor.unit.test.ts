import type { FastifyRequest } from "fastify";
import { describe, expect, it } from "vitest";
import { keptUserAgent } from "../src/domain/deps.js";
import { visitorOf } from "../src/http/visitor.js";

const requestFrom = (ip: string, remoteAddress: string | undefined = "192.0.2.1") =>
  ({ ip, socket: { remoteAddress }, headers: { "user-agent": "a browser" } }) as FastifyRequest;

describe("a user agent", () => {
  it.each([
    [undefined, null],
    ["a".repeat(512), "a".repeat(512)],
    ["a".repeat(513), "a".repeat(512)],
  ])("is stored with at most 512 characters", (userAgent, kept) => {
    expect(keptUserAgent({ ip: "192.0.2.1", source: "192.0.2.1", userAgent })).toBe(kept);
  });
});

describe("visitorOf", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7", "203.0.113.7"],
    ["203.0.113.7:50001", "203.0.113.7", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::0007", "2001:db8:1:2::7", "2001:db8:1:2::/64"],
    ["2001:db8::", "2001:db8::", "2001:db8:0:0::/64"],
    ["[2001:db8:1:2::7]", "2001:db8:1:2::7", "2001:db8:1:2::/64"],
    ["[2001:db8:1:2::7]:50001", "2001:db8:1:2::7", "2001:db8:1:2::/64"],
    ["::1", "::1", "0:0:0:0::/64"],
  ])("reads %s as the address %s, which counts as %s", (ip, address, source) => {
    expect(visitorOf(requestFrom(ip))).toEqual({ ip: address, source, userAgent: "a browser" });
  });

  it.each(["unknown", "", "evil.example", "203.0.113.7, 198.51.100.5", "999.1.1.1"])(
    "takes the machine that sent the request if %j is no address",
    (ip) => {
      expect(visitorOf(requestFrom(ip))).toEqual({
        ...{ ip: "192.0.2.1", source: "192.0.2.1", userAgent: "a browser" },
      });
      expect(visitorOf(requestFrom(ip, ""))).toEqual({ ip: "", source: "", userAgent: "a browser" });
    },
  );
});
