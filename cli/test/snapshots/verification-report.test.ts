import { Results } from "../../src/printing/results";
import { type Finding, VerificationReport } from "../../src/snapshots/verification-report";
import { CapturedOutput } from "../captured-io";

async function printed(finding: Finding): Promise<string> {
  const output = new CapturedOutput();
  await new VerificationReport(new Results(output), { repair: false, json: false }).print(finding);
  return output.text;
}

const finding = { aggregate: "Account", id: "acc-1", version: 3, repaired: false };

it("prints different values differently where JSON does not, and names missing ones", async () => {
  const differences = [
    { path: "balance", snapshot: -0, events: 0 },
    { path: "tags[2]", snapshot: undefined, events: null },
    { path: 'notes."a b"', snapshot: { when: "now" }, events: undefined },
  ];
  expect(await printed({ ...finding, outcome: "drift", differences })).toBe(`\
Account(acc-1), version 3: drift
  balance: -0 in the snapshot, 0 by the events
  tags[2]: nothing in the snapshot, null by the events
  notes."a b": {"when":"now"} in the snapshot, nothing by the events
`);
});

it("escapes what would move the terminal's cursor", async () => {
  const differences = [{ path: "\u001b[31m", snapshot: "\u009b2J", events: "\u202e" }];
  expect(await printed({ ...finding, id: "\u001b[2J", outcome: "drift", differences })).toBe(
    'Account(\\u001b[2J), version 3: drift\n  \\u001b[31m: "\\u009b2J" in the snapshot, "\\u202e" by the events\n',
  );
});

it("keeps passwords out of reasons", async () => {
  const reason = "cannot reach postgres://bank:secret@db/bank";
  expect(await printed({ ...finding, outcome: "failed", differences: [], reason })).not.toContain("secret");
});
