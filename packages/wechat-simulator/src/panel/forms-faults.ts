import type { Fault } from "../faults/fault.js";
import { parsePlannedFault } from "../faults/parse-fault.js";
import type { Form, FormHandler } from "./form.js";
import { PRESETS } from "./presets.js";

/** Forms about faults. */
export const FAULT_FORMS: Readonly<Record<string, FormHandler>> = {
  faults(store, form) {
    const { endpoint, fault, amount } = parsePlannedFault({
      endpoint: form.endpoint,
      fault: faultOf(form),
      ...amountOf(form),
    });
    store.faults.plan(endpoint, fault, amount);
    return "planned";
  },
  "faults/preset"(store, { preset }) {
    const chosen = PRESETS.find(({ id }) => id === preset);
    if (!chosen) throw new TypeError("no such preset");
    for (const { endpoint, fault, amount } of chosen.faults) store.faults.plan(endpoint, fault, amount);
    return "planned";
  },
  "faults/cancel": (store, { id }) => (store.faults.cancel(Number(id)) ? "cancelled" : "gone"),
  "faults/clear"(store) {
    store.faults.clear();
    return "cancelled";
  },
};

function amountOf({ unit, amount, times }: Form): { times: number } | { share: number } {
  if (unit === "percent") return { share: Number(amount) / 100 };
  return { times: Number(amount ?? times ?? 1) };
}

/** The form has the fields of all kinds; picks those of the chosen one. parsePlannedFault validates them. */
function faultOf(form: Form): unknown {
  const kind = form.kind ?? "";
  switch (kind) {
    case "errcode":
      return {
        kind,
        errcode: Number(form.errcode || Number.NaN),
        ...(form.errmsg ? { errmsg: form.errmsg } : {}),
      };
    case "delay":
    case "slow_drip":
      return { kind, ms: Number(form.ms || Number.NaN) };
    case "reset:before":
      return { kind: "reset", when: "before" } satisfies Fault;
    case "reset:after":
      return { kind: "reset", when: "after" } satisfies Fault;
    case "body":
      return {
        kind,
        body: form.body ?? "",
        ...(form.contentType ? { contentType: form.contentType } : {}),
        ...(form.status ? { status: Number(form.status) } : {}),
      };
    default:
      return { kind };
  }
}
