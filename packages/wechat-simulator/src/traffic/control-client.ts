import type { Fault } from "../faults/fault.js";
import type { ApiEndpoint } from "../protocol/endpoints.js";
import type { PersonPatch } from "../stores/person.js";

/** A client of the control API of a simulator in another process. @throws {Error} the simulator refused */
export class ControlClient {
  constructor(readonly url: URL) {}

  /** Plans a fault for the next call of this endpoint, whichever client makes it. */
  failNextCall(endpoint: ApiEndpoint, fault: Fault): Promise<void> {
    return this.#send("POST", "/_simulator/faults", { endpoint, fault, times: 1 });
  }

  updatePerson(id: string, patch: PersonPatch): Promise<void> {
    return this.#send("PATCH", `/_simulator/people/${id}`, patch);
  }

  async #send(method: string, path: string, body: unknown): Promise<void> {
    const answer = await fetch(new URL(path, this.url), {
      method,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const message = await answer.text();
    if (!answer.ok) throw new Error(`the simulator refused ${method} ${path}: ${message}`);
  }
}
