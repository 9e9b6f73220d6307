import type { Fault } from "../faults/fault.js";
import type { ApiEndpoint } from "../protocol/endpoints.js";
import type { PersonPatch } from "../stores/person.js";

/** Steers a simulator in another process by its control API. @throws {Error} it refused */
export class ControlClient {
  constructor(readonly url: URL) {}

  /** The next call of anybody to this endpoint goes wrong like this. */
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
    const said = await answer.text();
    if (!answer.ok) throw new Error(`the simulator refused ${method} ${path}: ${said}`);
  }
}
