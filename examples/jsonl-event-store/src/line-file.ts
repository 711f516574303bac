import { closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";

const NEWLINE = 0x0a;

/** A file of JSON texts, one a line, that only grows. A line is there with its newline or not at all. */
export class LineFile {
  /** Up to where the file holds whole lines. */
  private size = 0;

  private constructor(
    private readonly file: number,
    private readonly flush: boolean,
  ) {}

  /** Hands over each line in turn, and leaves out what a crash cut short. */
  static open(path: string, flush: boolean, onLine: (line: unknown, number: number) => void): LineFile {
    mkdirSync(dirname(path), { recursive: true });
    const lines = new LineFile(openSync(path, "a+"), flush);
    try {
      lines.readAll(onLine);
      if (flush) flushFolder(dirname(path));
      return lines;
    } catch (error) {
      lines.close();
      throw error;
    }
  }

  /** When it returns, the line is written; when it throws, nothing of it is there. */
  append(line: unknown): void {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    this.cutOffRest();
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.file, bytes, written);
      if (this.flush) fsyncSync(this.file);
      this.size += bytes.length;
    } finally {
      this.cutOffRest();
    }
  }

  close(): void {
    closeSync(this.file);
  }

  /** What a failed write or a crash left behind the last whole line. */
  private cutOffRest(): void {
    if (fstatSync(this.file).size > this.size) ftruncateSync(this.file, this.size);
  }

  private readAll(onLine: (line: unknown, number: number) => void): void {
    const bytes = readFileSync(this.file);
    for (let number = 1, end = bytes.indexOf(NEWLINE); end !== -1; number++, end = bytes.indexOf(NEWLINE, this.size)) {
      onLine(parsed(bytes.toString("utf8", this.size, end)), number);
      this.size = end + 1;
    }
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The name of a new file is an entry of its folder, which is flushed on its own. */
function flushFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  fsyncSync(folder);
  closeSync(folder);
}
