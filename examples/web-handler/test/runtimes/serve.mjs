// Serves the built worker with any runtime: <runtime> serve.mjs <URL of the worker>
// Prints its port as one line and exits when its stdin ends, because a runtime may be a child of the command that
// started it.

import process from "node:process";

process.stdin.resume().on("end", () => process.exit(0));

const isDeno = "Deno" in globalThis;
const [workerUrl] = (isDeno ? Deno.args : process.argv.slice(2)).slice(-1);
const { default: worker } = await import(workerUrl);
const env = isDeno ? Deno.env.toObject() : process.env;
const fetch = (request) => worker.fetch(request, env);
const hostname = "127.0.0.1";

if (isDeno) {
  Deno.serve({ port: 0, hostname, onListen: ({ port }) => console.log(port) }, fetch);
} else if ("Bun" in globalThis) {
  console.log(Bun.serve({ port: 0, hostname, fetch }).port);
} else {
  const { createServer } = await import("node:http");
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://localhost");
    const answer = await fetch(new Request(url, { method: request.method, headers: request.headers }));
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  });
  server.listen(0, hostname, () => console.log(server.address().port));
}
