import type { FastifyInstance } from "fastify";
import { rememberPerson, rememberPretence } from "../browser.js";
import { parseAdvance, parsePersonPatch, parseSettingsPatch } from "../control-input.js";
import { type Fault, parsePlannedFault } from "../faults.js";
import { refuseCrossSite } from "../same-site.js";
import { applySettings } from "../settings.js";
import type { World } from "../world.js";

type Form = Record<string, string | undefined>;

/** The operator page's forms. Each does what the HTTP API does and returns to the page; HTML knows no PATCH. */
export function registerOperatorForms(app: FastifyInstance, world: World): void {
  app.addHook("onRequest", refuseCrossSite);
  app.setErrorHandler((error, _request, reply) => {
    const status = error instanceof TypeError ? 400 : ((error as { statusCode?: number }).statusCode ?? 500);
    const text = error instanceof Error ? error.message : String(error);
    return reply.code(status).type("text/plain; charset=utf-8").send(`${text}\n`);
  });

  const form = (
    name: string,
    act: (form: Form, reply: Parameters<typeof rememberPerson>[0]) => string | undefined,
  ) =>
    app.post(`/_simulator/forms/${name}`, (request, reply) => {
      const next = act((request.body ?? {}) as Form, reply);
      return reply.redirect(next ?? "/", 303);
    });

  form("phone", ({ person }, reply) => {
    if (!world.people.find(person ?? "")) throw new TypeError("nobody here has this person id");
    rememberPerson(reply, person ?? "");
    return undefined;
  });
  form("wechat", ({ pretend, next }, reply) => {
    rememberPretence(reply, pretend === "1");
    // Only back to a page of WeChat's: a form must not be a way to anywhere.
    return next?.startsWith("/connect/") ? next : undefined;
  });
  form("faults", (fields) => {
    const { endpoint, fault, remaining } = parsePlannedFault({
      endpoint: fields.endpoint,
      fault: faultOfForm(fields),
      times: Number(fields.times ?? 1),
    });
    world.faults.plan(endpoint, fault, remaining);
    return "/#faults";
  });
  form("faults/clear", () => {
    world.faults.clear();
    return "/#faults";
  });
  form("settings", ({ refusal, doubleCallback }) => {
    applySettings(world, parseSettingsPatch({ refusal, doubleCallback: doubleCallback === "1" }));
    return "/#settings";
  });
  form("clock", ({ advanceSeconds }) => {
    world.clock.advance(parseAdvance({ advanceSeconds: Number(advanceSeconds) }));
    return "/#settings";
  });
  form("people", ({ person, unionid, follows }) => {
    const patch = parsePersonPatch({
      ...(unionid === undefined ? {} : { unionid: unionid === "1" }),
      ...(follows === undefined ? {} : { follows: follows === "1" }),
    });
    if (!world.people.update(person ?? "", patch)) throw new TypeError("nobody here has this person id");
    return "/#people";
  });
  form("requests/clear", () => {
    world.requests.clear();
    return "/#requests";
  });
}

/** The form has one field per need of any kind; the fault takes those of its own. Checked by parsePlannedFault. */
function faultOfForm(fields: Form): unknown {
  const kind = fields.kind ?? "";
  switch (kind) {
    case "errcode":
      return { kind, errcode: Number(fields.errcode || Number.NaN) };
    case "delay":
      return { kind, ms: Number(fields.ms || Number.NaN) };
    case "reset:before":
      return { kind: "reset", when: "before" } satisfies Fault;
    case "reset:after":
      return { kind: "reset", when: "after" } satisfies Fault;
    case "body":
      return {
        kind,
        body: fields.body ?? "",
        ...(fields.contentType ? { contentType: fields.contentType } : {}),
      };
    default:
      return { kind };
  }
}
