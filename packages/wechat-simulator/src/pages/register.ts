import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Fault } from "../faults/fault.js";
import { PageResponseFaults, replacePage } from "../faults/page-faults.js";
import { isInDesktopWeChat, isInWeChat, readPreferences, rememberPerson } from "../input/browser.js";
import { findRaw, parseRawQuery } from "../input/raw-query.js";
import { PAGE_PATHS, type PageEndpoint } from "../protocol/endpoints.js";
import { isPageErrorCode, type PageError, pageError } from "../protocol/page-errors.js";
import type { Language } from "../protocol/text.js";
import { sendQrPage } from "../qr/send-qr-page.js";
import { refuseCrossSite } from "../routes/same-site.js";
import { validateAuthorizeRequest, validateQrConnectRequest } from "../rules/authorize-request.js";
import { consentModeOf, type Decision, decide } from "../rules/grant.js";
import type { Person } from "../stores/person.js";
import type { Store } from "../stores/store.js";
import { readChoice } from "./choice.js";
import { sendPage } from "./layout.js";
import { logVisit, type Visit } from "./visit-log.js";
import {
  choosePersonPage,
  consentPage,
  doubleCallbackPage,
  errorPage,
  outsideWeChatPage,
  refusedPage,
  snapshotPage,
} from "./wechat-pages.js";

/** The two pages to which apps redirect people: GET shows the page or redirects silently, POST is the person's decision. */
export function registerPages(app: FastifyInstance, store: Store): void {
  app.addHook("onRequest", refuseCrossSite);
  const responseFaults = new PageResponseFaults(app);
  for (const endpoint of ["authorize", "qrconnect"] as const) {
    app.route({
      method: ["GET", "POST"],
      url: PAGE_PATHS[endpoint],
      handler: (request, reply) => showPage(store, responseFaults, endpoint, request, reply),
    });
  }
}

function showPage(
  store: Store,
  responseFaults: PageResponseFaults,
  endpoint: PageEndpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const url = request.raw.url ?? "";
  const browser = readPreferences(request);
  const language = endpoint === "qrconnect" ? qrLanguage(url, browser.language) : browser.language;
  let fault: Fault | undefined;
  const log = (visit: Visit = {}) => {
    const status = fault?.kind === "reset" ? 0 : reply.statusCode;
    logVisit(store, endpoint, request, status, { ...visit, ...(fault && { fault: fault.kind }) });
  };
  const showError = (error: PageError, personId?: string) => {
    log({ errcode: error.code, reason: error.reason, ...(personId !== undefined && { personId }) });
    return sendPage(reply.header("x-simulator-reason", error.reason.en), errorPage(language, error));
  };

  const choice = readChoice(store, request);
  if (choice.kind === "invalid") {
    reply.code(400);
    log({ reason: { en: "a simulator header or form field is wrong", zh: "模拟器请求头或表单字段有误" } });
    return reply.type("text/plain; charset=utf-8").send(choice.text);
  }
  // A script sees no pages, but the same rules apply to it: WeChat refuses any other browser.
  if (endpoint === "authorize" && !isInWeChat(request)) {
    const reason = { en: "the user agent is not WeChat's", zh: "User-Agent 不是微信" };
    log({ reason });
    return sendPage(reply.header("x-simulator-reason", reason.en), outsideWeChatPage(language, url));
  }
  fault = store.faults.take(endpoint);
  switch (fault?.kind) {
    case "errcode":
      if (isPageErrorCode(fault.errcode)) return showError(pageError(fault.errcode));
      break;
    case "http_502":
    case "body":
      replacePage(reply, fault);
      log();
      return reply;
    case "reset":
      if (fault.when === "before") {
        log();
        reply.hijack();
        request.raw.socket.resetAndDestroy();
        return reply;
      }
      responseFaults.add(request, fault);
      break;
    case "delay":
    case "slow_drip":
      responseFaults.add(request, fault);
      break;
  }
  const validation =
    endpoint === "authorize"
      ? validateAuthorizeRequest(store, url, isInDesktopWeChat(request))
      : validateQrConnectRequest(store, url);
  if (validation.kind === "invalid") return showError(validation.error);
  const authorizeRequest = validation.request;
  const people = store.people.list();

  switch (choice.kind) {
    case "undecided": {
      if (endpoint === "qrconnect") {
        log();
        return sendQrPage(store, reply, { language, authorizeRequest, people, url });
      }
      const holder = store.people.find(browser.personId ?? "");
      if (holder && consentModeOf(store, authorizeRequest, holder) !== "ask")
        return applyDecision(holder, "allow", "page");
      log();
      if (authorizeRequest.scope === "snsapi_base")
        return sendPage(reply, choosePersonPage(language, people));
      return sendPage(reply, consentPage(language, authorizeRequest, people, { held: browser.personId }));
    }
    case "leave_snapshot": {
      log({ personId: choice.person.id });
      const consent = consentPage(language, authorizeRequest, [choice.person], {
        held: choice.person.id,
        leftSnapshot: true,
      });
      return sendPage(reply, consent);
    }
    case "decided":
      if (choice.by === "form" && endpoint === "authorize") rememberPerson(reply, choice.person.id);
      return applyDecision(choice.person, choice.decision, choice.by === "script" ? "script" : "page");
  }

  /** @param audience a script gets redirects only; a person may see a page first, where WeChat shows one */
  function applyDecision(person: Person, decision: Decision, audience: "script" | "page"): FastifyReply {
    const outcome = decide(store, authorizeRequest, person, decision);
    const personId = person.id;
    switch (outcome.kind) {
      case "error":
        return showError(outcome.error, personId);
      case "refused":
        log({ personId, reason: { en: "the person refused", zh: "该用户拒绝了授权" } });
        return sendPage(reply.header("x-simulator-reason", "the person refused"), refusedPage(language));
      case "redirect": {
        const { location, secondLocation } = outcome;
        if (audience === "page" && outcome.snapshot) {
          log({ personId });
          return sendPage(reply, snapshotPage(language, authorizeRequest, person, location));
        }
        if (audience === "page" && secondLocation !== undefined) {
          log({ personId });
          return sendPage(reply, doubleCallbackPage(language, location, secondLocation));
        }
        reply.code(302);
        log({ personId, location });
        // A script sends the second callback itself.
        if (secondLocation !== undefined) reply.header("x-simulator-second-location", secondLocation);
        return reply.headers({ location, "cache-control": "no-store" }).send();
      }
    }
  }
}

/** The QR page has a parameter for its language: `cn` or `en`. */
function qrLanguage(url: string, preferred: Language): Language {
  const lang = findRaw(parseRawQuery(url), "lang");
  return lang === "en" ? "en" : lang === "cn" ? "zh" : preferred;
}
