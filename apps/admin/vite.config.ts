import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/admin/",
  plugins: [react()],
  // The api hands /admin/ on :4000 to this server, pages and websocket alike. Hot reload needs no
  // settings for that: its client dials the page's own address under `base`.
  server: { host: "127.0.0.1", port: 4002, strictPort: true },
  build: { sourcemap: false, target: "es2022", assetsInlineLimit: 0 },
});
