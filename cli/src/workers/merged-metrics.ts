/** Metrics that tell what the store says: the same in every worker, so that those of one are enough. */
const OF_THE_STORE = /^tidemark_(subscription|store|command_queue|timers)_/;

/** The texts of one metric: what declares it, and its series. */
interface Family {
  declaration: string[];
  series: string[];
}

/**
 * Merges the metrics of workers, each in the text format of Prometheus. What a worker measures of itself gets the label `worker`; what
 * the store says is taken from the first worker that has it.
 */
export function mergedMetrics(texts: ReadonlyMap<number, string>): string {
  const families = new Map<string, Family>();
  for (const [worker, text] of texts) {
    for (const [name, { declaration, series }] of familiesIn(text)) {
      const found = families.get(name);
      if (OF_THE_STORE.test(name)) {
        if (found === undefined) families.set(name, { declaration, series });
        continue;
      }
      const labelled = series.map((line) => withLabel(line, `worker="${worker}"`));
      if (found === undefined) families.set(name, { declaration, series: labelled });
      else found.series.push(...labelled);
    }
  }
  return Array.from(families.values(), ({ declaration, series }) => [...declaration, ...series, ""].join("\n")).join(
    "",
  );
}

function familiesIn(text: string): ReadonlyMap<string, Family> {
  const families = new Map<string, Family>();
  let family: Family = { declaration: [], series: [] };
  for (const line of text.split("\n")) {
    const [, name] = /^# HELP (\S+)/.exec(line) ?? [];
    if (name !== undefined) {
      family = { declaration: [], series: [] };
      families.set(name, family);
    }
    if (line.startsWith("#")) family.declaration.push(line);
    else if (line !== "") family.series.push(line);
  }
  return families;
}

/** Adds a label to a series, as its first one. */
function withLabel(line: string, label: string): string {
  const end = line.search(/[ {]/);
  return line[end] === "{"
    ? `${line.slice(0, end + 1)}${label},${line.slice(end + 1)}`
    : `${line.slice(0, end)}{${label}}${line.slice(end)}`;
}
