import type { FastifyRequest } from "fastify";
import { type ApiAnswer, refuse } from "../routes/api-answer.js";
import { queryParameters } from "../routes/api-request.js";
import type { Store } from "../stores/store.js";
import { TICKET_TYPES } from "../stores/tickets.js";
import { findOfficialAccount } from "./account.js";

/** GET /cgi-bin/ticket/getticket?access_token&type=jsapi|wx_card → { errcode: 0, errmsg: "ok", ticket, expires_in } */
export function fetchTicket(store: Store, request: FastifyRequest): ApiAnswer {
  const { access_token, type } = queryParameters(request);
  const app = findOfficialAccount(store, access_token, "getticket");
  if ("errcode" in app) return app;
  const known = TICKET_TYPES.find((candidate) => candidate === type);
  // WeChat's errcode for another type is not known: this is its general code for an invalid parameter.
  if (!known) return refuse(40097, "type must be jsapi or wx_card", "type 须为 jsapi 或 wx_card");
  const { ticket, expiresInSeconds } = store.tickets.fetch(app.appId, known);
  return { fields: { errcode: 0, errmsg: "ok", ticket, expires_in: expiresInSeconds } };
}
