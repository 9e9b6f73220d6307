import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { renderSVG } from "uqr";
import { readPreferences, rememberPerson } from "../input/browser.js";
import { readChoice } from "../pages/choice.js";
import { sendPage } from "../pages/layout.js";
import { logVisit, type Visit } from "../pages/visit-log.js";
import { errorPage } from "../pages/wechat-pages.js";
import { QR_PATHS } from "../protocol/endpoints.js";
import { pageText } from "../protocol/page-errors.js";
import { refuseCrossSite } from "../routes/same-site.js";
import { decide } from "../rules/grant.js";
import type { QrScan, ScanStatus } from "../stores/qr-scans.js";
import type { Store } from "../stores/store.js";
import { cancelledPage, confirmedPage, confirmPage } from "./phone-pages.js";
import { WX_LOGIN_PATH, WX_LOGIN_SCRIPT } from "./wx-login-js.js";

type Query = { uuid?: string; last?: string };

/** The endpoints of the QR page and of the scanning phone. */
export function registerQr(app: FastifyInstance, store: Store): void {
  app.addHook("onRequest", refuseCrossSite);

  app.get<{ Params: { uuid: string } }>(QR_PATHS.qr_image, (request, reply) => {
    const { uuid } = request.params;
    if (!store.qrScans.find(uuid)) return reply.code(404).type("text/plain").send("no such QR code\n");
    const target = `${request.protocol}://${request.host}${QR_PATHS.qr_confirm}?uuid=${uuid}`;
    return reply
      .headers({ "content-type": "image/svg+xml", "cache-control": "no-store" })
      .send(renderSVG(target));
  });

  app.get<{ Querystring: Query }>(QR_PATHS.qr_poll, async (request, reply) => {
    const { uuid = "", last } = request.query;
    logVisit(store, "qr_poll", request, 200);
    const status = await nextStatus(store, uuid, last);
    const code = status === 405 ? (store.qrScans.find(uuid)?.code ?? "") : "";
    return reply
      .headers({ "content-type": "text/javascript; charset=utf-8", "cache-control": "no-store" })
      .send(`window.wx_errcode=${status};window.wx_code='${code}';`);
  });

  app.route<{ Querystring: Query }>({
    method: ["GET", "POST"],
    url: QR_PATHS.qr_confirm,
    handler: (request, reply) => showPhone(store, request.query.uuid ?? "", request, reply),
  });

  app.get(WX_LOGIN_PATH, (_request, reply) =>
    reply.type("text/javascript; charset=utf-8").send(WX_LOGIN_SCRIPT),
  );
}

/** Waits for a status that the polling page has not seen; 408 if there is none in time. */
async function nextStatus(store: Store, uuid: string, last: string | undefined): Promise<ScanStatus> {
  const scan = store.qrScans.find(uuid);
  if (!scan) return 402;
  const hasChanged = () => {
    const status = store.qrScans.statusOf(scan);
    return status !== 408 && String(status) !== last;
  };
  if (!hasChanged()) await store.qrScans.waitForChange(uuid, pollTimeoutMs(store, scan));
  return hasChanged() ? store.qrScans.statusOf(scan) : 408;
}

/** At most until the QR code expires, so that the page learns of it at once. */
function pollTimeoutMs(store: Store, scan: QrScan): number {
  const validMs = Math.max(0, scan.expiresAtMs - store.clock.now());
  return Math.min(store.settings.qrPollSeconds * 1000, validMs);
}

/** The page on the phone: opening it counts as the scan, submitting it as the decision. */
function showPhone(store: Store, uuid: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const browser = readPreferences(request);
  const { language } = browser;
  const log = (visit?: Visit) => logVisit(store, "qr_confirm", request, reply.statusCode, visit);
  const scan = store.qrScans.find(uuid);
  const status = scan ? store.qrScans.statusOf(scan) : 402;
  if (!scan || (status !== 408 && status !== 404)) {
    const error = pageText(
      "二维码已失效",
      "this QR code is unknown, expired or already used",
      "此二维码不存在、已过期或已处理过",
    );
    log({ reason: error.reason });
    return sendPage(reply.header("x-simulator-reason", error.reason.en), errorPage(language, error));
  }
  const choice = readChoice(store, request);
  switch (choice.kind) {
    case "invalid":
      reply.code(400);
      log({ reason: { en: "a simulator header or form field is wrong", zh: "模拟器请求头或表单字段有误" } });
      return reply.type("text/plain; charset=utf-8").send(choice.text);
    case "undecided":
    case "leave_snapshot":
      store.qrScans.update(scan, 404);
      log();
      return sendPage(reply, confirmPage(language, scan.request, store.people.list(), browser.personId));
    case "decided": {
      const { person, decision } = choice;
      if (choice.by === "form") rememberPerson(reply, person.id);
      const outcome = decide(store, scan.request, person, decision);
      const code = outcome.kind === "redirect" ? outcome.code : undefined;
      log({ personId: person.id });
      if (code === undefined) {
        store.qrScans.update(scan, 403);
        return sendPage(reply, cancelledPage(language));
      }
      store.qrScans.update(scan, 405, code);
      return sendPage(reply, confirmedPage(language));
    }
  }
}
