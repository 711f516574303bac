import { handle } from "@tidemark/core";

import { domain } from "../domain";
import { Sample } from "./sample-file";
import { RegisterSample, RenameSample } from "./sample-file-commands";

@domain.commandHandler({ partOf: Sample })
export class SampleCommandHandler {
  @handle(RegisterSample)
  async register(command: RegisterSample): Promise<string> {
    const sample = Sample.register(command.name);
    await domain.repositoryFor(Sample).add(sample);
    return sample.id;
  }

  @handle(RenameSample)
  async rename(command: RenameSample): Promise<void> {
    await domain.repositoryFor(Sample).update(command.sampleId, (sample) => sample.rename(command.name));
  }
}
