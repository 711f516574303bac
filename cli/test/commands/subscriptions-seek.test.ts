import { createServingBank } from "../fixtures/serving/src/bank";
import { Project } from "../project";

let project: Project;
let sent: string[];
beforeEach(async () => {
  project = new Project("serving");
  sent = [];
  project.exports = () => ({
    bank: createServingBank({ root: project.folder, send: (name) => void sent.push(name) }),
  });
  await project.openAccounts(["acc-1"], 0);
  await project.openAccounts(["acc-2"], 0, "Bob");
});
afterEach(() => project[Symbol.dispose]());

const seek = (...args: string[]) => project.domain("subscriptions", "seek", "WelcomeMail", ...args);
const serve = () => project.domain("server", "--once", "--lane=mail");

describe("domain subscriptions seek", () => {
  it("passes over events", async () => {
    expect(await seek("1")).toEqual({
      stdout: "Moved WelcomeMail from position 0 to 1: 1 event(s) are left.\n",
      stderr: "",
      status: 0,
    });
    await serve();
    expect(sent).toEqual(["Bob"]);
    await project.openAccounts(["acc-3"], 0, "Carol");
    expect(JSON.parse((await seek("--to", "now", "--json")).stdout)).toEqual({
      name: "WelcomeMail",
      from: 2,
      to: 3,
      lag: 0,
    });
    await serve();
    expect(sent).toEqual(["Bob"]);
  });

  it("goes back only where events may be handled again", async () => {
    await serve();
    expect(await seek("--to=beginning")).toEqual({
      stdout: "",
      stderr:
        "error: Cannot move event handler WelcomeMail back to position 0: it would handle 2 event(s) again, with all of their effects. " +
        "Give allowSideEffects: true (on the command line --allow-side-effects) where that is wanted\n",
      status: 2,
    });
    await serve();
    expect(sent.sort()).toEqual(["Alice", "Bob"]);
    expect((await seek("beginning", "--allow-side-effects")).stdout).toBe(
      "Moved WelcomeMail from position 2 to 0: 2 event(s) are left.\n",
    );
    await serve();
    expect(sent.sort()).toEqual(["Alice", "Alice", "Bob", "Bob"]);
  });

  it("refuses to move a projection, which is rebuilt", async () => {
    const { stderr, status } = await project.domain("subscriptions", "seek", "Balances", "now");
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error: Cannot move projection Balances: .* domain projection rebuild\n$/);
  });

  it.each([
    [[], "Cannot tell where to move it: give one place, beginning, now or a global position"],
    [["yesterday"], 'There is no place "yesterday": give beginning, now or a global position'],
    [["9"], 'Cannot move "WelcomeMail": position 9 is behind the end of the log, 2'],
  ])("refuses the place %j", async (args, reason) => {
    expect(await seek(...args)).toEqual({ stdout: "", stderr: `error: ${reason}\n`, status: 2 });
  });
});
