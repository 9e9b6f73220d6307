import { Hono } from "hono";
import { html } from "hono/html";
import type { LoginHandler } from "../handler.ts";

/** The login next to your own routes: Hono passes the original request on. */
export function honoApp(login: LoginHandler): Hono {
  const app = new Hono();
  app.all("/login", ({ req }) => login(req.raw));
  app.all("/login/*", ({ req }) => login(req.raw));

  app.get("/", async (context) => {
    // Your own pages find the signed-in person with the same request as a browser.
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
