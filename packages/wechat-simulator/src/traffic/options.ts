import { parseArgs } from "node:util";
import { CommandError } from "../input/command-error.js";
import { DEFAULT_MIX, type Mix, parseMix } from "./mix.js";

export const TRAFFIC_USAGE = `wechat-simulator traffic: signs many simulated people in to an application, through its real sign-in.

  --at <address>      the application (default http://localhost:4000)
  --start <path>      the start of a sign-in (default /login/wechat)
  --people <number>   the number of people (default 100)
  --rate <number>     sign-ins started per second (default 10)
  --mix <parts>       parts of each scenario (default new=50,returning=15,desktop=15,refuses=5,expires=3,used=3,slow=3,
                      snapshot=3,double=3)
  --seed <text>       determines people, order and scenarios (default: a new one for each run)
  --slow-ms <number>  WeChat's delay in the scenario slow (default 2000)
  --button <start>    follow a link on the application's page that starts with this (default /login/wechat/profile)
  --wechat <address>  the simulator, if the application redirects to https://open.weixin.qq.com
  --demo              run a fixed list of sign-ins with different results instead, one after the other`;

/** The parsed command line. */
export interface TrafficArguments {
  start: URL;
  button: string;
  wechat?: URL;
  people: number;
  rate: number;
  mix: Mix;
  seed?: string;
  slowMs: number;
  demo: boolean;
}

/** @throws {CommandError} */
export function readTrafficArguments(args: string[]): TrafficArguments | "help" {
  const values = parse(args);
  if (values.help) return "help";
  const start = values.start ?? "/login/wechat";
  const at = address(values.at ?? "http://localhost:4000", "--at");
  if (!start.startsWith("/")) throw new CommandError("--start must be a path such as /login/wechat.");
  return {
    start: new URL(start, at),
    button: values.button ?? "/login/wechat/profile",
    ...(values.wechat === undefined ? {} : { wechat: address(values.wechat, "--wechat") }),
    people: number(values.people ?? "100", "--people", { whole: true, most: 1_000_000 }),
    rate: number(values.rate ?? "10", "--rate", { whole: false, most: 10_000 }),
    mix: values.mix === undefined ? DEFAULT_MIX : parseMix(values.mix),
    ...(values.seed === undefined ? {} : { seed: values.seed }),
    slowMs: number(values["slow-ms"] ?? "2000", "--slow-ms", { whole: true, most: 60_000 }),
    demo: values.demo ?? false,
  };
}

function parse(args: string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({
      args,
      options: {
        at: text,
        start: text,
        people: text,
        rate: text,
        mix: text,
        seed: text,
        "slow-ms": text,
        button: text,
        wechat: text,
        demo: flag,
        help: flag,
      },
    }).values;
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${TRAFFIC_USAGE}`, error);
  }
}

function number(value: string, name: string, { whole, most }: { whole: boolean; most: number }): number {
  const shape = whole ? /^\d+$/ : /^\d+(\.\d+)?$/;
  const read = Number(value);
  if (!shape.test(value) || read <= 0 || read > most) {
    throw new CommandError(`${name} must be a ${whole ? "whole " : ""}number above 0 and up to ${most}.`);
  }
  return read;
}

function address(value: string, name: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new CommandError(`${name} must be an address such as http://localhost:4000.`);
  }
  return url;
}
