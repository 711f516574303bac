import { given } from "@tidemark/testing";
import { expect, test } from "test-runner";

import { RenameSample, Sample, SampleRegistered, SampleRenamed } from "../src/index";

const registered = new SampleRegistered({ sampleId: "1", name: "first" });

test("a new name takes the place of the old one", async () => {
  const result = await given(Sample, registered).process(new RenameSample({ sampleId: "1", name: "second" }));

  expect(result.events).toEqual([new SampleRenamed({ sampleId: "1", name: "second" })]);
  expect(result.aggregate.name).toBe("second");
});

test("the same name is refused, and nothing is stored", async () => {
  const result = await given(Sample, registered).process(new RenameSample({ sampleId: "1", name: "first" }));

  expect(result.rejectionMessages).toEqual(["The name is first already"]);
  expect(result.events).toEqual([]);
});
