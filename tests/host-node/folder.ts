// A temporary folder a test fills and that is gone when the test is.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { lines, type Row } from "./rows.ts";

/** Writes these files, rows as lines, below a new folder; answers its path. */
export function folderOf(test: TestContext, files: Record<string, readonly Row[] | string | Buffer> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "spanloom-test-")));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), Array.isArray(content) ? lines(content as Row[]) : (content as string | Buffer));
  }
  return folder;
}
