import { type Plugin, runnerImport } from "vite";

// Imports only the type: with a real import, Vite would restart its server at every change of a page.
type Pages = typeof import("./src/pages.js");

const pagesModule = "/src/pages.ts";
const script = "src/main.ts";
const style = "src/styles/style.css";

/**
 * Renders the HTML documents that the api fills and serves.
 *
 * The development server renders `pages/<language>/<page>.html` for each request; a build emits the same files
 * beside the hashed assets.
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
        // This runs before Vite's own middlewares, so the path still has the base.
        const path = (request.url ?? "").split("?")[0] ?? "";
        const [, requestedLanguage, requestedPage] = pathPattern.exec(path) ?? [];
        if (requestedLanguage === undefined) return next();
        try {
          const { languages, pageNames, renderPage } = (await server.ssrLoadModule(pagesModule)) as Pages;
          const language = languages.find((name) => name === requestedLanguage);
          const page = pageNames.find((name) => name === requestedPage);
          if (language === undefined || page === undefined) return next();
          const html = renderPage(page, language, { script: base + script, style: base + style });
          // Vite prefixes the URL of every file that a document loads with the base, even one that already has it.
          const bare = html.replaceAll(new RegExp(`"${base}(?=(src|assets)/)`, "g"), '"/');
          response.setHeader("content-type", "text/html; charset=utf-8");
          response.setHeader("cache-control", "no-store");
          response.end(await server.transformIndexHtml(path.slice(base.length - 1), bare));
        } catch (error) {
          next(error);
        }
      });
    },

    // The browser does not load the modules that render the pages, so it cannot hot-replace them and must reload.
    hotUpdate({ modules, server }) {
      if (this.environment.name === "ssr" && modules.length > 0) {
        server.environments.client.hot.send({ type: "full-reload", path: "*" });
      }
    },

    async generateBundle(_options, bundle) {
      const files = Object.values(bundle);
      const main = files.find((file) => file.type === "chunk" && file.isEntry && file.name === "main");
      const css = files.find((file) => file.type === "asset" && file.fileName.endsWith(".css"));
      if (!main || !css) throw new Error("The build has no main script or no style sheet.");
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
