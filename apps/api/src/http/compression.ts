import compress from "@fastify/compress";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/**
 * Compresses pages and JSON from 1 KiB on as the client accepts it; never an event stream. Files are compressed when
 * they are built (static-files.ts).
 *
 * BREACH reads a secret that stays the same over many compressed responses beside text which the attacker chooses. No
 * body holds such a secret: those of sessions travel in Set-Cookie only, forms carry no anti-forgery token, and the
 * link for a new operator and the nonce of the console's page are new in each response.
 */
export async function compressResponses(app: FastifyInstance): Promise<void> {
  app.addHook("onSend", readJsonResponse);
  await app.register(compress, {
    encodings: ["br", "gzip"],
    // A small request body could unfold into a huge one behind the body limit.
    globalDecompression: false,
  });
}

/**
 * tRPC answers with a Response, whose body is a stream of unknown length. JSON that is complete already is read as
 * text, so that a short one is sent as it is, without a compressor of its own.
 */
async function readJsonResponse(_request: FastifyRequest, reply: FastifyReply, payload: unknown) {
  if (!(payload instanceof Response) || !isCompleteJson(payload.headers)) return payload;
  reply.code(payload.status);
  for (const [name, value] of payload.headers) reply.header(name, value);
  return payload.text();
}

/** JSON Lines come under the same type, but as a stream: tRPC marks that by the transfer encoding. */
const isCompleteJson = (headers: Headers) =>
  headers.get("content-type") === "application/json" && !headers.has("transfer-encoding");
