import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { judgeAuthorize, judgeQrConnect } from "../authorize-request.js";
import { isInWeChat, readBrowser, rememberPerson } from "../browser.js";
import { PAGE_PATHS, type PageEndpoint } from "../endpoints.js";
import { type Decision, decide } from "../grant.js";
import { isPageErrorCode, type PageError, pageError } from "../page-errors.js";
import { sendPage } from "../pages/layout.js";
import {
  consentPage,
  doubleCallbackPage,
  errorPage,
  outsideWeChatPage,
  qrPage,
  refusedPage,
  whoHoldsPhonePage,
} from "../pages/wechat-pages.js";
import type { Person } from "../people.js";
import { findRaw, parseRawQuery } from "../raw-query.js";
import { maskSecret } from "../request-log.js";
import { refuseCrossSite } from "../same-site.js";
import type { Language, Text } from "../text.js";
import type { World } from "../world.js";

/** Who decided what, told by a script's headers or by a form of the simulator. */
type Choice =
  | { kind: "open" }
  | { kind: "made"; person: Person; decision: Decision; by: "script" | "form" }
  | { kind: "wrong"; text: string };

/** The two pages that people see: GET shows (or answers silently), POST is a person's tap on the same URL. */
export function registerPages(app: FastifyInstance, world: World): void {
  app.addHook("onRequest", refuseCrossSite);
  for (const endpoint of ["authorize", "qrconnect"] as const) {
    app.route({
      method: ["GET", "POST"],
      url: PAGE_PATHS[endpoint],
      handler: (request, reply) => showPage(world, endpoint, request, reply),
    });
  }
}

function showPage(
  world: World,
  endpoint: PageEndpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const url = request.raw.url ?? "";
  const browser = readBrowser(request);
  const language = endpoint === "qrconnect" ? qrLanguage(url, browser.language) : browser.language;
  const log = (
    details: { personId?: string; errcode?: number | undefined; reason?: Text; fault?: "errcode" } = {},
  ) => logVisit(world, endpoint, request, reply.statusCode, details);
  const showError = (error: PageError, more: { personId?: string; fault?: "errcode" } = {}) => {
    log({ errcode: error.code, reason: error.reason, ...more });
    return sendPage(reply.header("x-simulator-reason", error.reason.en), errorPage(language, error));
  };

  const choice = readChoice(world, request);
  if (choice.kind === "wrong") {
    reply.code(400);
    log({ reason: { en: "a simulator header or form field is wrong", zh: "模拟器请求头或表单字段有误" } });
    return reply.type("text/plain; charset=utf-8").send(choice.text);
  }
  // A script skips pages, not rules: WeChat refuses a foreign browser whoever drives it.
  if (endpoint === "authorize" && !isInWeChat(request)) {
    const reason = { en: "the user agent is not WeChat's", zh: "User-Agent 不是微信" };
    log({ reason });
    return sendPage(reply.header("x-simulator-reason", reason.en), outsideWeChatPage(language, url));
  }
  const fault = world.faults.take(endpoint);
  if (fault?.kind === "errcode" && isPageErrorCode(fault.errcode)) {
    return showError(pageError(fault.errcode), { fault: "errcode" });
  }
  const judgement = endpoint === "authorize" ? judgeAuthorize(world, url) : judgeQrConnect(world, url);
  if (judgement.kind === "error") return showError(judgement.error);
  const asked = judgement.request;

  // snsapi_base asks nobody: whoever holds the phone is let through.
  const holder = world.people.find(browser.personId ?? "");
  const isSilent = asked.scope === "snsapi_base" && holder !== undefined;
  if (choice.kind === "open" && !isSilent) {
    log();
    const people = world.people.list();
    if (endpoint === "qrconnect") return sendPage(reply, qrPage(language, asked, people));
    if (asked.scope === "snsapi_base") return sendPage(reply, whoHoldsPhonePage(language, people));
    return sendPage(reply, consentPage(language, asked, people, browser.personId));
  }

  const person = choice.kind === "made" ? choice.person : holder;
  if (!person) throw new Error("a silent authorization needs somebody who holds the phone");
  if (choice.kind === "made" && choice.by === "form" && endpoint === "authorize")
    rememberPerson(reply, person.id);
  const outcome = decide(world, asked, person, choice.kind === "made" ? choice.decision : "allow");
  switch (outcome.kind) {
    case "error":
      return showError(outcome.error, { personId: person.id });
    case "refused":
      log({ personId: person.id, reason: { en: "the person refused", zh: "此人拒绝了授权" } });
      return sendPage(reply.header("x-simulator-reason", "the person refused"), refusedPage(language));
    case "redirect": {
      if (outcome.secondLocation === undefined || (choice.kind === "made" && choice.by === "script")) {
        reply.code(302);
        log({ personId: person.id });
        // A script delivers the second callback itself.
        if (outcome.secondLocation) reply.header("x-simulator-second-location", outcome.secondLocation);
        return reply.headers({ location: outcome.location, "cache-control": "no-store" }).send();
      }
      log({ personId: person.id });
      return sendPage(reply, doubleCallbackPage(language, outcome.location, outcome.secondLocation));
    }
  }
}

function readChoice(world: World, request: FastifyRequest): Choice {
  const form = request.method === "POST" ? (request.body as Record<string, unknown> | null) : null;
  const by = form === null ? "script" : "form";
  const personId = form === null ? request.headers["x-simulator-person"] : form.person;
  const decision = (form === null ? request.headers["x-simulator-decision"] : form.decision) ?? "allow";
  if (personId === undefined && request.headers["x-simulator-decision"] === undefined && form === null)
    return { kind: "open" };
  const person = typeof personId === "string" ? world.people.find(personId) : undefined;
  if (!person) {
    const known = world.people.list().map(({ id }) => id);
    return {
      kind: "wrong",
      text: `Nobody here has this person id. Known: ${known.join(", ")}, crowd-<number>.\n`,
    };
  }
  if (decision !== "allow" && decision !== "refuse") {
    return { kind: "wrong", text: "The decision must be allow or refuse.\n" };
  }
  return { kind: "made", person, decision, by };
}

/** The QR page has a parameter for its language: `cn` or `en`. */
function qrLanguage(url: string, preferred: Language): Language {
  const lang = findRaw(parseRawQuery(url), "lang");
  return lang === "en" ? "en" : lang === "cn" ? "zh" : preferred;
}

function logVisit(
  world: World,
  endpoint: PageEndpoint,
  request: FastifyRequest,
  status: number,
  details: { personId?: string; errcode?: number | undefined; reason?: Text; fault?: "errcode" },
): void {
  const url = request.raw.url ?? "";
  const mark = url.indexOf("?");
  world.requests.add({
    at: new Date(world.clock.now()).toISOString(),
    method: request.method,
    endpoint,
    path: PAGE_PATHS[endpoint],
    query: mark === -1 ? "" : maskSecret(url.slice(mark + 1)),
    status,
    ...(details.personId === undefined ? {} : { person: details.personId }),
    ...(details.errcode === undefined ? {} : { errcode: details.errcode }),
    ...(details.reason === undefined ? {} : { reason: details.reason }),
    ...(details.fault === undefined ? {} : { fault: details.fault }),
  });
}
