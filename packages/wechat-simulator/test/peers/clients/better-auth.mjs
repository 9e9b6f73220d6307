import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { answerCalls } from "./answer-calls.mjs";

const tables = { user: [], session: [], account: [], verification: [] };
const auth = betterAuth({
  baseURL: "http://localhost:4000",
  secret: "a secret for tests, long enough to be taken",
  database: memoryAdapter(tables),
  socialProviders: { wechat: { clientId: process.env.APP_ID, clientSecret: process.env.APP_SECRET } },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
});

answerCalls({
  /** One request of a browser. */
  request: async (path, { method = "GET", body, cookie = "" } = {}) => {
    const headers = { cookie, origin: "http://localhost:4000", "content-type": "application/json" };
    const url = new URL(path, "http://localhost:4000");
    const answer = await auth.handler(
      new Request(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }),
    );
    return {
      status: answer.status,
      location: answer.headers.get("location"),
      cookies: answer.headers.getSetCookie(),
      body: await answer.text(),
    };
  },
  users: () => tables.user,
  /** Deletes all users. */
  forget: () => {
    for (const name of Object.keys(tables)) tables[name] = [];
  },
});
