import { createServingBank, type ServingVariant } from "../fixtures/serving/src/bank";
import { Project } from "../project";

let project: Project;
let code: ServingVariant;
beforeEach(async () => {
  project = new Project("serving");
  code = {
    worthOf: ({ amount }) => {
      if (amount === 13) throw new Error("unlucky");
      return amount;
    },
  };
  project.exports = () => ({ bank: createServingBank({ root: project.folder, ...code }) });
  await project.openAccounts(["acc-1"], 1);
  await project.withStore((store) =>
    store.append([
      {
        stream: "bank::account-acc-1",
        events: [13, 7, 13].map((amount) => ({ type: "Bank.DepositMade.v1", data: { accountId: "acc-1", amount } })),
      },
    ]),
  );
  await project.domain("server", "--once", "--lane=default");
});
afterEach(() => project[Symbol.dispose]());

const skip = (...args: string[]) => project.domain("parked", "skip", "Balances", "acc-1", ...args);
const balance = async () => {
  const { row } = JSON.parse((await project.domain("show", "Balances", "acc-1", "--json")).stdout) as {
    row: { balance: string };
  };
  return row.balance;
};

/** Skips on a terminal, where somebody answers. */
const skipOnTerminal = (answer: string) =>
  project.answer(answer, ["parked", "skip", "Balances", "acc-1", "--reason=wrong"]);

describe("domain parked skip", () => {
  it("passes over one event, does the later ones, and says when another one fails", async () => {
    expect(await balance()).toBe("10");
    const { stdout, stderr, status } = await skip("--reason=typed twice", "--by=Ann");
    expect({ stdout, status }).toEqual({
      stdout: "Skipped Bank.DepositMade.v1 at global position 3 for key acc-1 of Balances.\n",
      status: 1,
    });
    expect(stderr).toContain(
      "A later event failed: Balances.deposited on Bank.DepositMade.v1 at global position 5: unlucky\n",
    );
    expect(await balance()).toBe("17");

    expect((await skip("--reason=typed three times", "--by=Ann")).status).toBe(0);
    const skipped = JSON.parse((await project.domain("parked", "list", "--skipped", "--json")).stdout) as object[];
    expect(skipped).toEqual([
      expect.objectContaining({ position: 3, reason: "typed twice", by: "Ann" }),
      expect.objectContaining({ position: 5, reason: "typed three times", by: "Ann" }),
    ]);
  });

  it("asks on a terminal, and changes nothing without consent", async () => {
    const { stdout, stderr, status } = await skipOnTerminal("");
    expect({ stdout, status }).toEqual({ stdout: "", status: 1 });
    expect(stderr).toContain(
      'Let Balances pass over Bank.DepositMade.v1 at global position 3 for key "acc-1", for good? [y/N]',
    );
    expect(stderr).toContain("Nothing was changed.\n");
    expect((await project.domain("parked", "list", "--skipped")).stdout).toBe("No events were skipped.\n");

    expect((await skipOnTerminal("yes")).stdout).toContain("Skipped Bank.DepositMade.v1 at global position 3");
  });

  it("prints a document", async () => {
    const { stdout } = await skip("--reason=wrong", "--by=Ann", "--json");
    expect(JSON.parse(stdout)).toEqual({
      subscription: "Balances",
      key: "acc-1",
      type: "Bank.DepositMade.v1",
      position: 3,
      reason: "wrong",
      by: "Ann",
      isUpToDate: false,
    });
  });

  it("needs a reason", async () => {
    expect(await skip()).toMatchObject({
      stderr: "error: required option '--reason <text>' not specified\n",
      status: 2,
    });
    expect(await skip("--reason= ")).toEqual({
      stdout: "",
      stderr: "error: Cannot skip an event without a reason: --reason is empty\n",
      status: 2,
    });
  });
});
