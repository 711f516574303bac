import { prometheusText } from "../../src/health/prometheus-text";

describe("prometheusText", () => {
  it("writes help, type and each series", () => {
    expect(
      prometheusText([
        {
          name: "jobs_total",
          help: "Jobs that are done",
          type: "counter",
          samples: [
            { labels: { lane: "mail", kind: "slow" }, value: 3 },
            { labels: { lane: "default", kind: "slow" }, value: 0.5 },
          ],
        },
        { name: "up", help: "Whether it is up", type: "gauge", samples: [{ value: 1 }] },
      ]),
    ).toBe(`# HELP jobs_total Jobs that are done
# TYPE jobs_total counter
jobs_total{lane="mail",kind="slow"} 3
jobs_total{lane="default",kind="slow"} 0.5
# HELP up Whether it is up
# TYPE up gauge
up 1
`);
  });

  it("escapes what labels and help texts may hold", () => {
    const samples = [{ labels: { name: 'a "b"\\c\nd' }, value: 1 }];
    expect(prometheusText([{ name: "x", help: 'one\\two\n"three"', type: "gauge", samples }])).toBe(
      '# HELP x one\\\\two\\n"three"\n# TYPE x gauge\nx{name="a \\"b\\"\\\\c\\nd"} 1\n',
    );
  });

  it("writes infinity and what is no number as Prometheus does", () => {
    const samples = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN].map((value) => ({ value }));
    expect(prometheusText([{ name: "x", help: "x", type: "gauge", samples }])).toContain("x +Inf\nx -Inf\nx NaN\n");
  });

  it("leaves out a metric without series", () => {
    expect(prometheusText([{ name: "x", help: "x", type: "gauge", samples: [] }])).toBe("");
  });
});
