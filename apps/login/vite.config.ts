import { defineConfig } from "vite";
import { compression } from "vite-plugin-compression2";
import { pagesPlugin } from "./pages-plugin.js";
import { base } from "./src/base.js";

export default defineConfig({
  base,
  // The plugin serves every page; an unknown path is a 404, not an index page.
  appType: "custom",
  plugins: [
    pagesPlugin(),
    // The api serves `<file>.br` or `<file>.gz` in place of `<file>` to a browser that accepts it.
    compression({ include: /\.(js|css|svg)$/, threshold: 0 }),
  ],
  // The api proxies to this server, so the browser's origin and its web socket are the api's. Vite's client connects
  // to the origin that it was loaded from, under `base`, and needs no port here.
  server: { host: "127.0.0.1", port: 4001, strictPort: true },
  build: {
    // Web-views of phones that no longer get updates.
    target: ["chrome87", "safari14"],
    sourcemap: false,
    modulePreload: { polyfill: false },
  },
});
