// Certificates for a run, made by openssl and gone with the process.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

const folder = mkdtempSync(join(tmpdir(), "spanloom-tls-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A path in a folder that goes when the tests have ended. */
export const pathOf = (name: string): string => join(folder, name);

/** A key and a certificate that signs itself; undefined where there is no openssl. */
export function selfSigned(name: string, alternative: string): { key: string; certificate: string } | undefined {
  const [key, certificate] = [pathOf(`${name}.key`), pathOf(`${name}.crt`)];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const about = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=${alternative}`];
  const { error } = spawnSync("openssl", ["req", "-x509", ...kind, "-keyout", key, "-out", certificate, ...about]);
  return error === undefined ? { key, certificate } : undefined;
}
