import { CommandError } from "../input/command-error.js";
import { WECHAT_HOSTS } from "../tls/hosts.js";
import { ANDROID } from "./user-agents.js";

/** The application to sign in to. */
export interface Application {
  /** The start of a sign-in, such as http://localhost:4000/login/wechat. */
  start: URL;
  /** The simulator to which it redirects. */
  wechat: URL;
  /** The start of the address of a link to follow, if a page of the application has one. */
  button: string;
}

/**
 * Checks that the application responds and redirects to a simulator.
 *
 * @param wechat the simulator, if the application redirects to https://open.weixin.qq.com
 * @throws {CommandError} the application does not respond, or does not redirect to a simulator
 */
export async function findApplication(start: URL, button: string, wechat?: URL): Promise<Application> {
  const answer = await fetch(start, { redirect: "manual", headers: { "user-agent": ANDROID } }).catch(
    (error: unknown) => {
      throw new CommandError(`No response from ${start.origin}: start the application first.`, error);
    },
  );
  const location = answer.headers.get("location");
  const target =
    location === null || !URL.canParse(location, start.href) ? undefined : new URL(location, start);
  if (!target?.pathname.startsWith("/connect/")) {
    throw new CommandError(
      `${start.href} answers HTTP ${answer.status} and does not redirect to WeChat: set --start to the path that does.`,
    );
  }
  const isReal = WECHAT_HOSTS.includes(target.hostname);
  if (isReal && !wechat) {
    throw new CommandError(
      `${start.href} redirects to https://${target.hostname}. If that is a simulator on this machine, pass its address with --wechat http://127.0.0.1:4010; traffic must not go to the real WeChat.`,
    );
  }
  const simulator = isReal && wechat ? wechat : target;
  const state = await fetch(new URL("/_simulator/state", simulator)).catch(() => undefined);
  if (!state?.ok)
    throw new CommandError(`${start.href} redirects to ${simulator.origin}, which is not a simulator.`);
  return { start, wechat: new URL(simulator.origin), button };
}

/** Replaces WeChat's two host names by the simulator's address. */
export function toReachableUrl(app: Application, url: URL): URL {
  return WECHAT_HOSTS.includes(url.hostname) ? new URL(url.pathname + url.search, app.wechat) : url;
}
