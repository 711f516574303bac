import assert from "node:assert/strict";
import { test } from "node:test";

import { given } from "@tidemark/testing";

import { RenameSample, Sample, SampleRegistered, SampleRenamed } from "../src/index";

const registered = new SampleRegistered({ sampleId: "1", name: "first" });

test("a new name takes the place of the old one", async () => {
  const result = await given(Sample, registered).process(new RenameSample({ sampleId: "1", name: "second" }));

  assert.deepStrictEqual(result.events, [new SampleRenamed({ sampleId: "1", name: "second" })]);
  assert.equal(result.aggregate.name, "second");
});

test("the same name is refused, and nothing is stored", async () => {
  const result = await given(Sample, registered).process(new RenameSample({ sampleId: "1", name: "first" }));

  assert.deepStrictEqual(result.rejectionMessages, ["The name is first already"]);
  assert.deepStrictEqual(result.events, []);
});
