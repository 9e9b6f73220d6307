import { Random } from "../seed/random.js";
import { nicknameOf } from "../seed/rows.js";
import type { PlannedFault } from "./week.js";

/** The name of a person of the demo in the simulated WeChat. */
export const personName = (number: number): string => `demo-${number}`;

/** The control API of the simulated WeChat that the running system uses. */
export class SimulatedWeChat {
  constructor(readonly url: URL) {}

  /** Makes a person; one who is there already stays as they are. */
  async createPerson(number: number): Promise<void> {
    const random = new Random(number * 23 + 7);
    const nickname = nicknameOf(random) ?? "微信用户";
    // One in three has not used an app of this Open Platform account before.
    const unionid = !random.isOneOf(3);
    await this.#send("POST", "/_simulator/people", { id: personName(number), nickname, unionid }, [400, 409]);
  }

  changePerson(number: number, patch: { unionid?: boolean; snapshot?: boolean }): Promise<void> {
    return this.#send("PATCH", `/_simulator/people/${personName(number)}`, patch);
  }

  failNextCall({ endpoint, errcode }: PlannedFault): Promise<void> {
    return this.#send("POST", "/_simulator/faults", {
      endpoint,
      fault: { kind: "errcode", errcode },
      times: 1,
    });
  }

  clearFaults(): Promise<void> {
    return this.#send("DELETE", "/_simulator/faults");
  }

  async #send(method: string, path: string, body?: object, accepted: number[] = []): Promise<void> {
    const answer = await fetch(new URL(path, this.url), {
      method,
      ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok && !accepted.includes(answer.status)) {
      throw new Error(`The simulated WeChat refused ${method} ${path}: ${text}`);
    }
  }
}
