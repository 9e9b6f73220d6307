import { Hono } from "hono";
import { html } from "hono/html";
import type { LoginHandler } from "../handler.js";

/** The login beside your own routes: Hono hands the request over as it came. */
export function honoApp(login: LoginHandler): Hono {
  const app = new Hono();
  app.all("/login", ({ req }) => login(req.raw));
  app.all("/login/*", ({ req }) => login(req.raw));

  app.get("/", async (context) => {
    // Your own pages ask who is signed in as a browser would.
    const { url, headers } = context.req.raw;
    const answer = await login(new Request(new URL("/login/me", url), { headers }));
    const person = (await answer.json()) as { personId: string } | null;
    context.header("cache-control", "no-store");
    if (!person) return context.html(html`<title>Home</title><a href="/login">Sign in with WeChat</a>`);
    return context.html(
      html`<title>Home</title><form method="post" action="/login/sign-out">You are ${person.personId}. <button>Sign out</button></form>`,
    );
  });
  return app;
}
