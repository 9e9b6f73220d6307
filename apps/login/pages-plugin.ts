import { type Plugin, runnerImport } from "vite";

// Only the type: whatever the configuration imports restarts the whole server when it changes.
type Pages = typeof import("./src/pages.js");

const pagesModule = "/src/pages.ts";
const script = "src/main.ts";
const style = "src/styles/style.css";

/**
 * Makes the HTML documents that the api fills and serves.
 *
 * In development `pages/<language>/<page>.html` is rendered afresh for each request; a build emits
 * the same files beside the hashed assets.
 */
export function pagesPlugin(): Plugin {
  let base = "/";
  let root = "";
  return {
    name: "login-pages",
    config: () => ({ build: { rolldownOptions: { input: { main: script, style } } } }),
    configResolved(config) {
      ({ base, root } = config);
    },

    configureServer(server) {
      const pathPattern = new RegExp(`^${base}pages/([a-z]+)/([a-z-]+)\\.html$`);
      server.middlewares.use(async (request, response, next) => {
        // Before Vite's own middlewares, so the path still has the base.
        const path = (request.url ?? "").split("?")[0] ?? "";
        const [, languageAsked, pageAsked] = pathPattern.exec(path) ?? [];
        if (languageAsked === undefined) return next();
        try {
          const { languages, pageNames, renderPage } = (await server.ssrLoadModule(pagesModule)) as Pages;
          const language = languages.find((known) => known === languageAsked);
          const page = pageNames.find((known) => known === pageAsked);
          if (language === undefined || page === undefined) return next();
          const html = renderPage(page, language, { script: base + script, style: base + style });
          // Vite puts its base before every URL of a document, also where it stands already.
          const bare = html.replaceAll(`"${base}`, '"/');
          response.setHeader("content-type", "text/html; charset=utf-8");
          response.setHeader("cache-control", "no-store");
          response.end(await server.transformIndexHtml(path.slice(base.length - 1), bare));
        } catch (error) {
          next(error);
        }
      });
    },

    // The browser never loads the modules that make the pages, so it cannot replace them: it reloads.
    hotUpdate({ modules, server }) {
      if (this.environment.name === "ssr" && modules.length > 0) {
        server.environments.client.hot.send({ type: "full-reload", path: "*" });
      }
    },

    async generateBundle(_options, bundle) {
      const files = Object.values(bundle);
      const main = files.find((file) => file.type === "chunk" && file.isEntry && file.name === "main");
      const css = files.find((file) => file.type === "asset" && file.fileName.endsWith(".css"));
      if (!main || !css) throw new Error("The build made no main script or no style sheet.");
      const assets = { script: `${base}${main.fileName}`, style: `${base}${css.fileName}` };
      const { module: pages } = await runnerImport<Pages>(`.${pagesModule}`, { root });
      for (const language of pages.languages) {
        for (const page of pages.pageNames) {
          this.emitFile({
            type: "asset",
            fileName: `pages/${language}/${page}.html`,
            source: pages.renderPage(page, language, assets),
          });
        }
      }
    },
  };
}
