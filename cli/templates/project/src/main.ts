import { domain, RegisterSample, RenameSample, Sample } from "./index";

async function main(): Promise<void> {
  await domain.init();
  try {
    const sampleId = await domain.process(new RegisterSample({ name: "first" }));
    await domain.process(new RenameSample({ sampleId, name: "second" }));
    const sample = await domain.repositoryFor(Sample).get(sampleId);
    console.log(`Sample ${sample.id} has the name "${sample.name}" after ${sample.version + 1} events.`);
  } finally {
    await domain.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
