import type { FastifyInstance } from "fastify";

/** The paths of all routes. Fastify prints them as a tree: four characters for each level, and a route's methods after it. */
export function routesOf(server: FastifyInstance): string[] {
  const parents: string[] = [];
  const found: string[] = [];
  for (const line of server.printRoutes().split("\n")) {
    const [, indent = "", piece = "", methods] = /^([│\s]*[├└]── )(\S+)( \()?/.exec(line) ?? [];
    if (piece === "") continue;
    const depth = indent.length / 4 - 1;
    const path = `${parents[depth - 1] ?? ""}${piece}`;
    parents[depth] = path;
    if (methods !== undefined) found.push(path);
  }
  return found.sort();
}
