import { WorksBeside } from "../../src/subscriptions/works-beside";

/** How many timers keep this process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}

function works(end: () => Promise<boolean> = async () => true): WorksBeside {
  const lane = { name: "commands that run later", lanes: ["default"], start: () => undefined, end };
  return new WorksBeside([{ ...lane, runDue: async () => 0 } as never], 1_000);
}

it("keeps the process alive until it is told not to", () => {
  const before = timers();
  const letSleep = works().keepAlive();
  expect(timers()).toBe(before + 1);
  letSleep();
  expect(timers()).toBe(before);
});

it("lets the process end with the domain, where nobody has closed the servers", async () => {
  const before = timers();
  const beside = works();
  beside.keepAlive();
  beside.keepAlive();
  await beside.close();
  expect(timers()).toBe(before);
});

it("lets the process end where the works could not be ended", async () => {
  const before = timers();
  const beside = works(() => Promise.reject(new Error("the store is away")));
  beside.keepAlive();
  await expect(beside.close()).rejects.toThrow("the store is away");
  expect(timers()).toBe(before);
});
