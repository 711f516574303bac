// Runs the example and the command that follows it, and draws what they print as a terminal window: example.svg.
// To repeat: npm run picture
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const images = dirname(fileURLToPath(import.meta.url));
const repository = join(images, "../..");

/** The headings in the example's output that the picture shows, from the first one on, and the line that it ends before. */
const HEADINGS = ["A corporate account", "Compliance", "Customers", "The dashboard"];
const END = "The bank now has";

const CREATE = "npx domain snapshot create --aggregate=Account";

const CHARACTER_WIDTH = 8.43;
const LINE_HEIGHT = 20;
const PADDING = 22;
const TITLE_BAR = 38;
const COLUMNS = 72;

const example = run("npm run --silent example").split("\n");
const shown = example.slice(
  example.indexOf(HEADINGS[0]),
  example.findIndex((line) => line.startsWith(END)),
);
const lines = ["$ npm run example", "…", ...shown, `$ ${CREATE}`, ...run(CREATE).trimEnd().split("\n")];
writeFileSync(join(images, "example.svg"), picture(lines));

function run(command) {
  const [program, ...args] = command.split(" ");
  return execFileSync(program, args, {
    cwd: repository,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    shell: process.platform === "win32",
  });
}

function picture(lines) {
  const width = Math.ceil(COLUMNS * CHARACTER_WIDTH + 2 * PADDING);
  const height = TITLE_BAR + lines.length * LINE_HEIGHT + PADDING;
  const dots = ["#ff5f57", "#febc2e", "#28c840"].map(
    (colour, index) => `<circle cx="${PADDING + index * 20}" cy="20" r="6" fill="${colour}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>Terminal output of npm run example</title>
<rect width="${width}" height="${height}" rx="10" fill="#16202b"/>
${dots.join("\n")}
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace" font-size="14" xml:space="preserve">
${lines.map(textOf).filter(Boolean).join("\n")}
</g>
</svg>
`;
}

/** Without its margin of blanks; each line has the width of its characters, whatever font is there. */
function textOf(line, index) {
  const text = line.trimStart();
  if (text === "") return "";
  const x = (PADDING + (line.length - text.length) * CHARACTER_WIDTH).toFixed(1);
  const y = TITLE_BAR + (index + 1) * LINE_HEIGHT - 4;
  const length = (text.length * CHARACTER_WIDTH).toFixed(1);
  return `<text x="${x}" y="${y}" textLength="${length}" fill="${colourOf(line)}"${HEADINGS.includes(line) ? ' font-weight="bold"' : ""}>${escaped(text)}</text>`;
}

function colourOf(line) {
  if (line.startsWith("$")) return "#7fd1b9";
  if (/^[…\s─]*$/.test(line) || line.startsWith("  (")) return "#6b7f92";
  if (line.includes("with its snapshot")) return "#ffd479";
  return "#e6edf3";
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(" ", "\u00a0");
}
