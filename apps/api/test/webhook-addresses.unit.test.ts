import type { promises as dns } from "node:dns";
import { describe, expect, it } from "vitest";
import {
  AddressRefusedError,
  checkedLookup,
  isAllowedAddress,
  isRefusedIp,
  type Resolve,
  systemResolve,
} from "../src/domain/events/webhook-addresses.js";

describe("the address of a webhook", () => {
  it.each([
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "169.253.255.255",
    "168.63.129.15",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
  ])("may be the public %s [T113]", (address) => {
    expect(isAllowedAddress(address, [])).toBe(true);
  });

  it.each([
    ...["127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
    ...["169.254.169.254", "100.64.0.1", "100.100.100.200", "100.127.255.255", "168.63.129.16"],
    ...["192.0.0.192", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"],
    ...["::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "fec0::1", "4000::1"],
    ...["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::a00:1"],
    ...["2002:7f00:1::", "2001::1", "", "localhost", "127.1", "8.8.8.8/8"],
  ])("is refused if it is %j [T113]", (address) => {
    expect(isAllowedAddress(address, [])).toBe(false);
  });

  it("may be in a private network that is listed, and in no other one [T113]", () => {
    const listed = ["10.1.0.0/16", "fd00:1::/32"];
    expect(isAllowedAddress("10.1.255.255", listed)).toBe(true);
    expect(isAllowedAddress("::ffff:10.1.0.1", listed)).toBe(true);
    expect(isAllowedAddress("fd00:1::7", listed)).toBe(true);
    expect(isAllowedAddress("10.2.0.0", listed)).toBe(false);
    expect(isAllowedAddress("fd00:2::7", listed)).toBe(false);
    expect(isAllowedAddress("127.0.0.1", listed)).toBe(false);
  });

  it("is the one that the connection asks for, or all of them, and none if one is refused [T113]", async () => {
    const four = { address: "8.8.8.8", family: 4 };
    const six = { address: "2606:4700::1111", family: 6 };
    const answers: Record<string, { address: string; family: number }[]> = {
      ...{ both: [six, four], none: [], mixed: [four, { address: "10.0.0.1", family: 4 }] },
    };
    const away = Object.assign(new Error("away"), { code: "ESERVFAIL" });
    const resolve: Resolve = async (name) => answers[name] ?? Promise.reject(away);
    const lookup = checkedLookup(resolve, (address) => isAllowedAddress(address, []));
    const found = (name: string, options: object) =>
      new Promise((answer) => lookup(name, options, (...given) => answer(given)));
    expect(await found("both", { all: true })).toEqual([null, [six, four]]);
    expect(await found("both", {})).toEqual([null, six.address, 6]);
    for (const name of ["none", "mixed"]) {
      expect(await found(name, {})).toEqual([expect.any(AddressRefusedError), "", 0]);
    }
    expect(await found("unknown", {})).toEqual([away, "", 0]);
  });

  it("is found in a URL in place of a name, of either version of IP, and a name is left to its lookup [T113]", () => {
    const isRefused = (url: string) => isRefusedIp(new URL(url), ["10.1.0.0/16"]);
    for (const host of ["127.0.0.1", "10.2.0.1", "[::1]", "[::ffff:7f00:1]", "2130706433", "0x7f.1"]) {
      expect(isRefused(`https://${host}:8443/hooks`), host).toBe(true);
    }
    for (const host of ["8.8.8.8", "10.1.0.1", "[2606:4700::1111]", "shop.example", "localhost"]) {
      expect(isRefused(`https://${host}:8443/hooks`), host).toBe(false);
    }
  });
});

describe("the question for the addresses of a name", () => {
  type Answer = string[] | string;
  const given = (answer: Answer): Promise<string[]> =>
    typeof answer === "string"
      ? Promise.reject(Object.assign(new Error(answer), { code: answer }))
      : Promise.resolve(answer);

  /** Asks name servers that answer with addresses, or fail with a code; the hosts file knows every name. */
  async function ask(four: Answer, six: Answer, privateCidrs: string[] = []) {
    const asked: unknown[] = [];
    class Resolver {
      constructor(options: object) {
        asked.push(options);
      }
      resolve4(name: string) {
        asked.push(`A ${name}`);
        return given(four);
      }
      resolve6(name: string) {
        asked.push(`AAAA ${name}`);
        return given(six);
      }
    }
    const lookup = async (name: string, options: object) => {
      asked.push([name, options]);
      return [{ address: "10.0.0.1", family: 4 }];
    };
    const resolve = systemResolve(privateCidrs, { Resolver, lookup } as unknown as typeof dns);
    const answer = await resolve("shop.example").catch((error: NodeJS.ErrnoException) => error);
    return { answer, asked };
  }
  const servers = [{ timeout: 3_000, tries: 2 }, "A shop.example", "AAAA shop.example"];
  const listed = ["10.0.0.0/8"];
  const four = { address: "8.8.8.8", family: 4 };
  const six = { address: "2606:4700::1111", family: 6 };

  it("goes to the name servers, twice for at most 3 s, for both versions of IP [T114]", async () => {
    expect(await ask(["8.8.8.8"], ["2606:4700::1111"])).toEqual({ answer: [four, six], asked: servers });
  });

  it.each([["ENODATA"], ["ETIMEOUT"], [[]]] as [Answer][])(
    "is answered by one version of IP where the other has %j, and then the hosts file is not asked",
    async (none) => {
      expect(await ask(["8.8.8.8"], none, listed)).toEqual({ answer: [four], asked: servers });
      expect(await ask(none, ["2606:4700::1111"], listed)).toEqual({ answer: [six], asked: servers });
    },
  );

  it.each(["ENOTFOUND", "ENODATA", "ECONNREFUSED"])(
    "goes on to the hosts file after %s only where private networks are allowed [T114]",
    async (code) => {
      expect(await ask(code, "ENODATA", listed)).toEqual({
        answer: [{ address: "10.0.0.1", family: 4 }],
        asked: [...servers, ["shop.example", { all: true }]],
      });
      const { answer, asked } = await ask(code, "ENODATA");
      expect([answer, asked]).toEqual([expect.objectContaining({ code }), servers]);
    },
  );

  it("ends where a name server fails, or has no address [T114]", async () => {
    const failed = await ask("ETIMEOUT", "ENODATA", listed);
    expect([failed.answer, failed.asked]).toEqual([expect.objectContaining({ code: "ETIMEOUT" }), servers]);
    const empty = await ask([], "ETIMEOUT", listed);
    expect([empty.answer, empty.asked]).toEqual([new Error("the name has no address"), servers]);
  });
});
