import { Hono } from "hono";
import type { LoginHandler } from "../handler.js";

/** The login beside your own routes: Hono hands the request over as it came. */
export function honoApp(login: LoginHandler): Hono {
  const app = new Hono();
  app.all("/login", ({ req }) => login(req.raw));
  app.all("/login/*", ({ req }) => login(req.raw));
  app.get("/", (context) => context.html(`<a href="/login">Sign in with WeChat</a>`));
  return app;
}
