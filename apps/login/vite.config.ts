import { defineConfig } from "vite";
import { compression } from "vite-plugin-compression2";
import { pagesPlugin } from "./pages-plugin.js";
import { base } from "./src/base.js";

export default defineConfig({
  base,
  // Every page comes from the plugin; an unknown path is a 404, not an index page.
  appType: "custom",
  plugins: [
    pagesPlugin(),
    // The api serves `<file>.br` or `<file>.gz` in place of `<file>` to a browser that accepts it.
    compression({ include: /\.(js|css|svg)$/, threshold: 0 }),
  ],
  // The api stands in front: the browser's origin, and so its web socket, is the api's. Vite's client
  // connects to where it was loaded from, under `base`, so nothing needs to name a port here.
  server: { host: "127.0.0.1", port: 4001, strictPort: true },
  build: {
    // The web-views of phones that are not updated any more.
    target: ["chrome87", "safari14"],
    sourcemap: false,
    modulePreload: { polyfill: false },
  },
});
