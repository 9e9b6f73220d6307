import { readFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";

const TYPES = { css: "text/css; charset=utf-8", js: "text/javascript; charset=utf-8" } as const;

/** In loading order. */
export const PANEL_STYLES = [
  "base.css",
  "frame.css",
  "components.css",
  "fields.css",
  "requests.css",
  "pages.css",
  "controls.css",
] as const;

/** Everything the panel's pages load. */
const FILES = [
  ...PANEL_STYLES,
  "panel.js",
  "copy.js",
  "countdown.js",
  "filter.js",
  "forms.js",
  "live.js",
  "morph.js",
  "toast.js",
] as const;

/**
 * Serves the panel's scripts and styles. They are few and small, so they are read once, at start.
 *
 * @param folder the package's `panel/`
 */
export function registerPanelFiles(app: FastifyInstance, folder: URL): void {
  for (const name of FILES) {
    const content = readFileSync(new URL(name, folder));
    const type = TYPES[name.endsWith(".css") ? "css" : "js"];
    app.get(`/_simulator/panel/${name}`, (_request, reply) =>
      reply
        .headers({ "content-type": type, "cache-control": "no-cache", "x-content-type-options": "nosniff" })
        .send(content),
    );
  }
}
