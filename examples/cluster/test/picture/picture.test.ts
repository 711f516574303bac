import { pictureOn } from "../../src/picture/picture";
import type { Scene } from "../../src/picture/scene";

/** A terminal, or a file, that keeps what is written to it. */
function streamOf(isTTY: boolean) {
  const written: string[] = [];
  const stream = { isTTY, columns: 60, rows: 24, on: () => stream, write: (text: string) => written.push(text) };
  return { stream: stream as unknown as NodeJS.WriteStream, written };
}

function sceneAt(elapsedMs: number): Scene {
  return {
    elapsedMs,
    machines: [
      { name: "node-1", role: "replica" },
      { name: "node-2", role: "leader" },
    ],
    perSecond: [10, 1_500, 70],
    acknowledged: 1_580,
    longestStallMs: 20,
    behind: 0,
    transfersUnderWay: 0,
    transfersEnded: 0,
    happenings: [],
  };
}

const HAPPENING = { atMs: 8_000, text: "killed node-2", isLoss: true };

it("draws over the last picture on a terminal", () => {
  const { stream, written } = streamOf(true);
  const picture = pictureOn(stream, {});
  picture.show(sceneAt(0));
  picture.tell(HAPPENING);
  picture.show(sceneAt(250));
  expect(written).toHaveLength(2);
  const lines = written[0]!.split("\n").length - 1;
  expect(written[0]).toMatch(/^\r/);
  expect(written[1]!.startsWith(`\u001b[${lines}A\r`)).toBe(true);
  picture.end();
  picture.show(sceneAt(500));
  expect(written[2]).toMatch(/^\r/);
});

it("has no colours with NO_COLOR", () => {
  const [coloured, plain] = [{}, { NO_COLOR: "1" }].map((env) => {
    const { stream, written } = streamOf(true);
    pictureOn(stream, env).show(sceneAt(0));
    return written[0]!;
  });
  expect(coloured).toContain("\u001b[32m●");
  expect(plain!.split("\u001b[").filter((part) => /^\d+m/.test(part))).toEqual([]);
});

it.each([
  ["no terminal", false, {}],
  ["CI", true, { CI: "true" }],
  ["a dumb terminal", true, { TERM: "dumb" }],
])("writes a line for each second and for each happening: %s", (_, isTTY, env) => {
  const { stream, written } = streamOf(isTTY);
  const picture = pictureOn(stream, env);
  picture.show(sceneAt(7_900));
  picture.tell(HAPPENING);
  for (const elapsed of [8_050, 8_300, 8_550]) picture.show(sceneAt(elapsed));
  picture.end();
  expect(written).toEqual([
    "0:07  1,500 commands a second, 1,580 acknowledged, leader: node-2\n",
    "0:08  killed node-2\n",
    "0:08  1,500 commands a second, 1,580 acknowledged, leader: node-2\n",
  ]);
});
