import type { FastifyRequest } from "fastify";
import { readCookie } from "./cookies.js";

export type Language = "zh" | "en";

/** The person's choice, else the language that the browser prefers of the two, else Chinese. */
export function languageOf(request: FastifyRequest): Language {
  const chosen = readCookie(request, "wl_language");
  if (chosen === "zh" || chosen === "en") return chosen;
  const accepted = (request.headers["accept-language"] ?? "")
    .slice(0, 500)
    .split(",")
    .map((item) => {
      const [tag = "", ...parameters] = item.trim().toLowerCase().split(";");
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find(Boolean);
      return { language: tag.slice(0, 2), quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ language, quality }) => (language === "zh" || language === "en") && quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return accepted[0]?.language === "en" ? "en" : "zh";
}
