// A package of its own for each file of tests: the commands bundled as they are published, beside a hook that does nothing,
// run as a child process whose folders are all temporary.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const entry = fileURLToPath(new URL("program.ts", import.meta.url));
const scratch = realpathSync(mkdtempSync(join(tmpdir(), "config-test-")));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** A package with this name for its folder; answers the path of its `dist`. */
export async function packageAt(name: string): Promise<string> {
  const dist = join(scratch, name, "dist");
  await build({
    entryPoints: [entry],
    outfile: join(dist, "cli.cjs"),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    mainFields: ["module", "main"],
    supported: { "dynamic-import": false },
    define: { "import.meta.dirname": "__dirname" },
    logLevel: "error",
  });
  writeFileSync(join(dist, "hook.cjs"), "");
  writeFileSync(join(scratch, name, "package.json"), '{ "name": "spanloom" }');
  return dist;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
}

/** Somebody's machine: a home, a folder of Claude Code's, one of ours, and a repository to stand in. */
export class Person {
  readonly home: string;
  readonly claude: string;
  readonly own: string;
  readonly repository: string;
  /** All it ever said. */
  said = "";

  constructor(
    test: TestContext,
    readonly dist: string,
  ) {
    const top = mkdtempSync(join(scratch, "person-"));
    test.after(() => rmSync(top, { recursive: true, force: true }));
    const folder = (name: string): string => join(top, name);
    [this.home, this.claude, this.own, this.repository] = ["home", "claude", "own", "repository"].map(folder) as [
      string,
      string,
      string,
      string,
    ];
    mkdirSync(join(this.repository, ".git"), { recursive: true });
    mkdirSync(this.home);
    mkdirSync(this.claude);
  }

  get env(): Record<string, string> {
    return {
      PATH: process.env["PATH"] ?? "",
      HOME: this.home,
      CLAUDE_CONFIG_DIR: this.claude,
      SPANLOOM_HOME: this.own,
    };
  }

  get settings(): string {
    return join(this.claude, "settings.json");
  }

  get userFile(): string {
    return join(this.own, "config", "config.json");
  }

  write(path: string, text: string): string {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  project(text: string): string {
    return this.write(join(this.repository, ".spanloom.json"), text);
  }

  user(text: string): string {
    return this.write(this.userFile, text);
  }

  run(args: readonly string[], { env = {}, cwd = this.repository, input = "" }: RunOptions = {}): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(this.dist, "cli.cjs"), ...args], {
        cwd,
        env: { ...this.env, ...env },
      });
      let [stdout, stderr] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      child.stdin.on("error", () => {});
      child.stdin.end(input);
      child.on("error", reject).on("close", (code) => {
        this.said += stdout + stderr;
        resolve({ code, stdout, stderr });
      });
    });
  }
}
