import { spawn } from "node:child_process";
import { join } from "node:path";

const script = `
  const { Interruption } = require(${JSON.stringify(join(__dirname, "../dist/interruption.js"))});
  const interruption = new Interruption();
  interruption.signal.addEventListener("abort", () => console.log("stopping for " + interruption.by));
  setInterval(() => {}, 1000);
  console.log("ready");
`;

it("asks to stop on the first signal and ends at once on the second", async () => {
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const heard: string[] = [];
  child.stdout.on("data", (chunk) => {
    heard.push(String(chunk));
    child.kill(heard.length === 1 ? "SIGINT" : "SIGTERM");
  });
  expect(await new Promise((done) => child.on("exit", done))).toBe(143);
  expect(heard).toEqual(["ready\n", "stopping for SIGINT\n"]);
});
