// In a Next.js project app/login/[[...step]]/route.ts exports these two again: one file for /login and all paths below it.
import { loginFromEnvironment } from "../environment.ts";
import type { LoginHandler } from "../handler.ts";
import { memoryStores } from "../memory-stores.ts";

let login: LoginHandler | undefined;

// Created at the first request, because `next build` loads this file without secrets.
const handler: LoginHandler = (request) => {
  // Serverless functions share no memory: use stores in your database before you deploy.
  login ??= loginFromEnvironment(process.env, memoryStores());
  return login(request);
};

export const GET: LoginHandler = handler;
export const POST: LoginHandler = handler;
