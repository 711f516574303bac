import { Aggregate, apply, ValidationError } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../domain";
import { SampleRegistered, SampleRenamed } from "./sample-file-events";

@domain.aggregate({ eventSourced: true })
export class Sample extends Aggregate({
  name: z.string().min(1).max(100),
}) {
  static register(name: string): Sample {
    const sample = Sample.createNew();
    sample.raise(new SampleRegistered({ sampleId: sample.id, name }));
    return sample;
  }

  rename(name: string): void {
    if (name === this.name) throw new ValidationError({ name: [`The name is ${name} already`] });
    this.raise(new SampleRenamed({ sampleId: this.id, name }));
  }

  @apply(SampleRegistered)
  onRegistered(event: SampleRegistered): void {
    this.name = event.name;
  }

  @apply(SampleRenamed)
  onRenamed(event: SampleRenamed): void {
    this.name = event.name;
  }
}
