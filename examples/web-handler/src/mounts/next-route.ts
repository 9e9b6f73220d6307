// In a Next.js project this is app/login/[[...step]]/route.ts: one file for /login and all below it.
import { loginFromEnvironment } from "../environment.js";
import type { LoginHandler } from "../handler.js";
import { memoryStores } from "../memory-stores.js";

let login: LoginHandler | undefined;

// Made at the first request: `next build` loads this file where no secret is set.
const handler: LoginHandler = (request) => {
  // Serverless functions share no memory: put stores of your database here before you deploy.
  login ??= loginFromEnvironment(process.env, memoryStores());
  return login(request);
};

export const GET: LoginHandler = handler;
export const POST: LoginHandler = handler;
