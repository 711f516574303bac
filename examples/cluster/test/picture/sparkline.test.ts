import { sparkline } from "../../src/picture/sparkline";

it("draws a bar for each number, the largest in full", () => {
  expect(sparkline([0, 1, 4, 8], 10)).toBe("▁▂▅█");
});

it("draws the last ones where there is no room for all", () => {
  expect(sparkline([9, 9, 9, 0, 8], 2)).toBe("▁█");
  expect(sparkline([1, 2, 3], 0)).toBe("");
  expect(sparkline([1, 2, 3], -4)).toBe("");
});

it("draws nothing but the lowest bars while nothing happens", () => {
  expect(sparkline([0, 0, 0], 10)).toBe("▁▁▁");
});
