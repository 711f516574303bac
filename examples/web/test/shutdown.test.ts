import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** What `npx tsc -b` has built, as a process manager runs it. */
const main = (framework: string) => join(__dirname, "../dist", framework, "main.js");

it.each(["express", "fastify", "nest"])("%s answers the request at hand and ends on SIGTERM", async (framework) => {
  const server = spawn(process.execPath, [main(framework)], {
    env: { ...process.env, PORT: "0", DOMAIN_ENV: "test" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  server.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  while (!printed.includes("\n")) await once(server.stdout, "data");
  const [, url] = /^Listening on (\S+)$/m.exec(printed) ?? [];
  const answer = fetch(`${url}/accounts`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Connection: "close" },
    body: '{"holder":"Alice"}',
  });
  expect((await answer).status).toBe(201);
  server.kill("SIGTERM");
  const [status, signal] = await once(server, "exit");
  // Nest sends itself the signal again when everything is closed.
  expect([status, signal]).toEqual(framework === "nest" ? [null, "SIGTERM"] : [0, null]);
});
