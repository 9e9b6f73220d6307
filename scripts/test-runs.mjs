/**
 * The projects of vitest.config.ts that `npm test` runs in one process each, the longest first. A process has one worker:
 * the modules of a project are then loaded and compiled once.
 */
export const testRuns = [
  ["api on PostgreSQL"],
  ["e2e"],
  ["api on SQLite"],
  ["admin"],
  ["wechat-simulator"],
  ["wechat-oauth"],
  ["login", "example fastify", "example web-handler"],
];
