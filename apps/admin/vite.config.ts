import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compression } from "vite-plugin-compression2";

export default defineConfig({
  base: "/admin/",
  plugins: [
    react(),
    // The api serves `<file>.br` or `<file>.gz` in place of `<file>` to a browser that accepts it.
    compression({ include: /\.(js|css|svg)$/, threshold: 0 }),
  ],
  // The api on :4000 forwards /admin/ to this server, pages and websocket. Hot reload needs no settings for that: its
  // client connects to the page's own address under `base`.
  server: { host: "127.0.0.1", port: 4002, strictPort: true },
  build: {
    sourcemap: false,
    target: "es2022",
    assetsInlineLimit: 0,
    // A list is shown after few requests: what two files have in common is in one file and not in sixty. Charts, the texts of
    // each language, and what a page has for itself, are files of their own.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: "shared",
              test: /^(?!.*(simplewebauthn|api\/passkeys|counts-chart|list-histogram|pages\/conflicts))/,
              minShareCount: 2,
              priority: 1,
            },
            { name: "charts", test: /counts-chart|list-histogram/ },
          ],
        },
      },
    },
  },
});
