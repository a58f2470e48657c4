// An address that takes no connection and refuses none, as a firewall makes one: a listener that never accepts, whose queue is
// full.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import type { TestContext } from "node:test";

const listener = `
  const server = require("net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    require("fs").writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/** Its address, and how to end it. */
export async function startBlackHole(): Promise<{ readonly url: string; close(): void }> {
  const child = spawn(process.execPath, ["-e", listener], { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  const queued = Array.from({ length: 4 }, () => connect({ port: Number(port), host: "127.0.0.1" }).on("error", () => {}));
  await Promise.race(queued.map((socket) => once(socket, "connect")));
  return {
    url: `http://127.0.0.1:${Number(port)}`,
    close() {
      for (const socket of queued) socket.destroy();
      child.kill("SIGKILL");
    },
  };
}

export async function blackHole(test: TestContext): Promise<string> {
  const { url, close } = await startBlackHole();
  test.after(close);
  return url;
}
