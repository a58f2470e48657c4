// Somebody's machine for the doctor: a home, a repository, Claude Code's folder, and the built program run with nothing else
// of this machine in its environment.

import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { program } from "../host-node/command.ts";
import { folderOf } from "../host-node/folder.ts";

export interface Line {
  readonly check: string;
  readonly grade: "ok" | "warn" | "fail";
  readonly subject?: string;
  readonly says: string;
  readonly advice?: string;
}

export interface Examined {
  readonly code: number | null;
  readonly ok: boolean;
  readonly failures: number;
  readonly warnings: number;
  readonly checks: readonly Line[];
  /** What this check found. */
  of(check: string): readonly Line[];
}

export class Desk {
  readonly home: string;
  readonly repository: string;
  readonly env: Record<string, string>;
  /** All it ever printed. */
  said = "";

  constructor(test: TestContext, env: Record<string, string> = {}) {
    const folder = folderOf(test);
    [this.home, this.repository] = [join(folder, "home"), join(folder, "repository")];
    mkdirSync(this.home);
    mkdirSync(join(this.repository, ".git"), { recursive: true });
    this.env = { PATH: process.env["PATH"] ?? "", HOME: this.home, SPANLOOM_HOME: join(folder, "own"), TZ: "UTC", ...env };
  }

  /** One at which everything is as it should be. */
  static async ready(test: TestContext, env: Record<string, string> = {}): Promise<Desk> {
    const desk = new Desk(test, env);
    await desk.run(["init", "--yes"]);
    desk.trust(desk.repository);
    return desk;
  }

  get own(): string {
    return this.env["SPANLOOM_HOME"] as string;
  }

  get settings(): string {
    return join(this.home, ".claude", "settings.json");
  }

  write(path: string, content: string | object): string {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  }

  /** Changes the user's settings of Claude Code as text. */
  change(edit: (text: string) => string): void {
    this.write(this.settings, edit(readFileSync(this.settings, "utf8")));
  }

  set(more: object): void {
    this.change((text) => JSON.stringify({ ...JSON.parse(text), ...more }));
  }

  trust(folder: string): void {
    this.write(join(this.home, ".claude.json"), { projects: { [folder]: { hasTrustDialogAccepted: true } } });
  }

  user(config: string | object): void {
    this.write(join(this.own, "config", "config.json"), config);
  }

  run(args: readonly string[], env: Record<string, string> = {}): Promise<{ code: number | null; stdout: string; stderr: string }> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [program, ...args], { cwd: this.repository, env: { ...this.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
      let [stdout, stderr] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      child.on("error", reject).on("close", (code) => {
        this.said += stdout + stderr;
        resolve({ code, stdout, stderr });
      });
    });
  }

  async doctor(env: Record<string, string> = {}): Promise<Examined> {
    const { code, stdout, stderr } = await this.run(["doctor", "--json"], env);
    if (stderr !== "") throw new Error(stderr);
    const found = JSON.parse(stdout) as Omit<Examined, "code" | "of">;
    return { ...found, code, of: (check) => found.checks.filter((line) => line.check === check) };
  }

  /** Every file there is, with its bytes. */
  files(folder = dirname(this.home)): Record<string, string> {
    const found: Record<string, string> = {};
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) Object.assign(found, this.files(path));
      else found[path] = readFileSync(path, "latin1");
    }
    return found;
  }
}

/** The grades of some lines, worst last; each with what it says. */
export function assertOne(lines: readonly Line[], grade: Line["grade"], word: RegExp): void {
  const fitting = lines.filter((line) => line.grade === grade && word.test(line.says));
  if (fitting.length !== 1) throw new Error(`no one ${grade} with ${word} among ${JSON.stringify(lines, null, 1)}`);
}
