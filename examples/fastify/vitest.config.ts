import { defineConfig } from "vitest/config";

// The library and the simulator are read from their sources: no build before the tests.
const conditions = ["dev-source", "node"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { name: "example fastify", include: ["test/**/*.test.ts"] },
});
