import { CommandError } from "../input/command-error.js";
import { WECHAT_HOSTS } from "../tls/hosts.js";
import { ANDROID } from "./user-agents.js";

/** The application whose sign-in is completed through. */
export interface Application {
  /** Where a person begins, such as http://localhost:4000/login/wechat. */
  start: URL;
  /** The simulator it sends people to. */
  wechat: URL;
  /** How the address of the one link begins that a page on the way may want pressed. */
  button: string;
}

/**
 * Looks whether the application is there and where it sends people.
 *
 * @param wechat the simulator, where the application itself says https://open.weixin.qq.com
 * @throws {CommandError} nothing answers, or it leads to no simulator
 */
export async function findApplication(start: URL, button: string, wechat?: URL): Promise<Application> {
  const answer = await fetch(start, { redirect: "manual", headers: { "user-agent": ANDROID } }).catch(
    (error: unknown) => {
      throw new CommandError(`Nothing answers at ${start.origin}: start the application first.`, error);
    },
  );
  const location = answer.headers.get("location");
  const target =
    location === null || !URL.canParse(location, start.href) ? undefined : new URL(location, start);
  if (!target?.pathname.startsWith("/connect/")) {
    throw new CommandError(
      `${start.href} answers HTTP ${answer.status} and leads to no WeChat: set --start to the path that does.`,
    );
  }
  const isReal = WECHAT_HOSTS.includes(target.hostname);
  if (isReal && !wechat) {
    throw new CommandError(
      `${start.href} leads to https://${target.hostname}. When that is a simulator on this machine, say where with --wechat http://127.0.0.1:4010; the real one is not for crowds.`,
    );
  }
  const simulator = isReal && wechat ? wechat : target;
  const state = await fetch(new URL("/_simulator/state", simulator)).catch(() => undefined);
  if (!state?.ok)
    throw new CommandError(`${start.href} leads to ${simulator.origin}, which is no simulator.`);
  return { start, wechat: new URL(simulator.origin), button };
}

/** The address as it is reached from here: the two real names stand for the simulator. */
export function toReachableUrl(app: Application, url: URL): URL {
  return WECHAT_HOSTS.includes(url.hostname) ? new URL(url.pathname + url.search, app.wechat) : url;
}
