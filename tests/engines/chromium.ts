// The core in Chromium: a page that loads the published bundle and compiles the module while it arrives, as any page would.
//
// Nothing listens and nothing is fetched from elsewhere: every request of the page is answered here, by name.

import { readFileSync } from "node:fs";
import { transform } from "esbuild";
import { chromium as playwright, type Page } from "playwright-core";
import { findChromium } from "../support/chromium.ts";
import { type Engine, EngineMissing } from "./engine.ts";
import { bundle } from "./node.ts";
import type { Outputs, Recording } from "./outputs.ts";

// WebCrypto is for secure pages, and localhost counts as one.
const origin = "http://localhost";

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), "utf8");

async function serve(page: Page, core: Uint8Array): Promise<void> {
  const driver = await transform(read("outputs.ts"), { loader: "ts", target: "es2022" });
  const javascript = "text/javascript";
  const files = new Map<string, { contentType: string; body: string | Buffer }>([
    ["/", { contentType: "text/html", body: read("page.html") }],
    ["/outputs.js", { contentType: javascript, body: driver.code }],
    ["/browser.js", { contentType: javascript, body: readFileSync(bundle) }],
    ["/core.wasm", { contentType: "application/wasm", body: Buffer.from(core) }],
  ]);
  await page.route("**/*", (route) => {
    const { origin: from, pathname } = new URL(route.request().url());
    const file = from === origin ? files.get(pathname) : undefined;
    return file === undefined ? route.fulfill({ status: 404 }) : route.fulfill(file);
  });
}

declare global {
  /** page.html defines it, in the page. */
  var make: (recordings: readonly Recording[]) => Promise<Outputs[]>;
}

export const chromium: Engine = {
  name: "chromium",
  async make(core, recordings) {
    const executablePath = findChromium();
    if (executablePath === undefined) throw new EngineMissing("no chromium, chromium-browser or google-chrome on the PATH");
    const browser = await playwright.launch({
      executablePath,
      // Chromium refuses its sandbox to root.
      chromiumSandbox: process.getuid?.() !== 0,
      args: ["--disable-gpu", "--disable-dev-shm-usage"],
    });
    try {
      const page = await browser.newPage();
      const wrong: string[] = [];
      page.on("pageerror", (error) => wrong.push(error.message));
      await serve(page, core);
      await page.goto(origin);
      if (wrong.length > 0) throw new Error(`the page: ${wrong.join("; ")}`);
      const outputs = await page.evaluate((given) => globalThis.make(given), recordings as Recording[]);
      return { version: browser.version(), outputs };
    } finally {
      await browser.close();
    }
  },
};
