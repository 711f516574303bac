import { causeOf } from "../../src/causation/cause";
import { type Attribution, attribute, causeAt } from "../../src/repository/attribution";

const [open, fund] = [causeOf("request-1"), causeOf("request-2")];

/** What each of six pending events is attributed to, after adds with so many events pending. */
const causes = (...adds: readonly (readonly [typeof open, number])[]) => {
  const last = adds.reduce<Attribution | undefined>(
    (before, [cause, pending]) => attribute(cause, pending, before),
    undefined,
  );
  return [0, 1, 2, 3, 4, 5].map((index) => causeAt(index, last as Attribution).correlationId.slice(-1)).join("");
};

it("gives each event the cause of the add that came after it", () => {
  expect(causes([open, 2], [fund, 3], [open, 6])).toBe("112111");
});

it("gives events raised after the last add the cause of that one", () => {
  expect(causes([open, 1])).toBe("111111");
  expect(causes([open, 1], [fund, 2])).toBe("122222");
});

it("keeps one entry however often one cause adds", () => {
  const [first, second] = [attribute(open, 1, undefined), attribute(fund, 2, attribute(open, 1, undefined))];
  expect(attribute(open, 3, first)).toEqual({ cause: open, pending: 3, earlier: undefined });
  expect(attribute(fund, 4, second)).toEqual({ cause: fund, pending: 4, earlier: first });
});
