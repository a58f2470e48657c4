// What the words of a made-up session are taken from: pools of source code, command output, prose and base64.
//
// A pool is made once from the seed; a text is a slice of it. So a gigabyte costs little to make, the same files come back
// again and again as they do when an agent works on one project, and nothing was copied from anybody's session.
// It does not know what the text is for.

import type { Random } from "./random.ts";

const nouns = ("buffer cursor session index window batch record table column span token parser stream folder worker queue " +
  "request header reader writer client option result value state event error limit order entry field line block store").split(" ");
const verbs = ("read write find open close parse merge split check count build send load keep skip move join start finish flush").split(" ");
const types = ["string", "number", "boolean", "Uint8Array", "Map<string, number>", "Promise<void>", "readonly string[]"];
const abroad = [
  "größe prüfen", "café à côté", "設定を読み込む", "检查缓冲区大小", "проверка границ", "número de línea",
  "— “wie besprochen” —", "🚀 veröffentlicht", "✅ 12 passed", "μs ≤ 250",
];
const folders = ["src", "src/core", "src/http", "lib", "packages/app/src", "packages/store/src", "tests/unit", "docs", "scripts"];
const endings = ["ts", "ts", "ts", "py", "go", "rs", "md", "json"];

const capital = (word: string): string => (word[0] as string).toUpperCase() + word.slice(1);

export function filePath(random: Random): string {
  return `${random.pick(folders)}/${random.pick(nouns)}-${random.pick(nouns)}.${random.pick(endings)}`;
}

/** A few words, as in a description or a pattern. */
export function phrase(random: Random): string {
  return `${capital(random.pick(verbs))} the ${random.pick(nouns)} of every ${random.pick(nouns)}`;
}

export function symbol(random: Random): string {
  return random.pick(verbs) + capital(random.pick(nouns));
}

function codeLine(random: Random, foreign: boolean): string {
  const indent = random.chance(0.3) ? "" : random.chance(0.5) ? "  " : random.chance(0.5) ? "    " : "\t\t";
  const noun = random.pick(nouns);
  const other = random.pick(nouns);
  const call = symbol(random);
  if (foreign && random.chance(0.15)) return `${indent}// ${random.pick(abroad)}: ${noun}`;
  switch (random.below(14)) {
    case 0:
      return `${indent}const ${noun} = await ${call}(${other}, { ${random.pick(nouns)}: ${random.below(4096)}, of: ${other}.${random.pick(nouns)} });`;
    case 1:
      return `${indent}if (${noun}.length > ${random.below(1000)} && ${other} !== undefined && ${call}(${noun}, ${random.pick(nouns)})) {`;
    case 2:
      return `${indent}}`;
    case 3:
      return "";
    case 4:
      return `${indent}// ${phrase(random)}, or ${call} waits for its ${other} until the ${random.pick(nouns)} is gone.`;
    case 5:
      return `${indent}export function ${call}(${noun}: ${random.pick(types)}): ${random.pick(types)} {`;
    case 6:
      return `${indent}return ${noun}.${call}("${other}", \`\${${noun}}/${other}\`);`;
    case 7:
      return `${indent}import { ${call}, ${symbol(random)}, ${symbol(random)} } from "./${noun}/${other}.js";`;
    case 8:
      return `${indent}throw new RangeError(\`cannot ${random.pick(verbs)} the ${noun} of \${${other}}: ${phrase(random)}\`);`;
    case 9:
      return `${indent}  "${noun}": { "type": "${other}", "limit": ${random.below(9000)} },`;
    case 10:
      return `${indent}for (const ${noun} of ${other}s) ${call}(${noun}, { ${random.pick(nouns)}: ${noun}.${random.pick(nouns)} + ${random.below(99)} });`;
    case 11:
      return `${indent}this.${noun} = ${other} ?? this.${call}(0x${random.hex(4)});`;
    case 12:
      return `${indent}assert.match(${call}(${noun}, ${random.below(5000)}), /^${random.pick(nouns)}\\\\.${random.pick(nouns)}$/, "${phrase(random)}");`;
    default:
      return `${indent}} else if (${noun} === ${other}) {`;
  }
}

function outputLine(random: Random, foreign: boolean): string {
  const noun = random.pick(nouns);
  if (foreign && random.chance(0.15)) return `  ${random.pick(abroad)} ${noun} ${random.below(1000)}`;
  switch (random.below(8)) {
    case 0:
      return `\u001b[32m${foreign ? "✓" : "ok"}\u001b[39m ${symbol(random)} ${noun} (${random.below(300)} ms)`;
    case 1:
      return `${filePath(random)}:${random.below(900)}:${random.below(80)}: warning: unused ${noun} '${symbol(random)}'`;
    case 2:
      return `2026-03-0${random.between(1, 9)} 1${random.below(10)}:04:4${random.below(10)} INFO ${noun} ${symbol(random)} took ${random.below(5000)}us`;
    case 3:
      return `-rw-r--r-- 1 dev dev ${random.below(100000)} Mar ${random.between(1, 28)} 09:1${random.below(10)} ${noun}.ts`;
    case 4:
      return `    at ${symbol(random)} (/home/dev/project/${filePath(random)}:${random.below(900)}:${random.below(60)})`;
    case 5:
      return `${random.hex(7)} ${phrase(random)}`;
    case 6:
      return `{"level":"info","${noun}":"${phrase(random)}","count":${random.below(900)}}`;
    default:
      return `${noun.padEnd(14)}${String(random.below(100000)).padStart(9)}  ${random.below(100)}.${random.below(10)} %`;
  }
}

function proseLine(random: Random, foreign: boolean): string {
  if (random.chance(0.2)) return "";
  if (foreign && random.chance(0.1)) return `- ${random.pick(abroad)} (\`${symbol(random)}\`)`;
  const state = `The ${random.pick(nouns)} is "${random.pick(nouns)}" when \`${symbol(random)}\` has run`;
  const more = random.chance(0.6) ? ` ${state}, so nothing else may ${random.pick(verbs)} it.` : "";
  return `${phrase(random)} before the ${random.pick(nouns)} can ${random.pick(verbs)} its ${random.pick(nouns)}.${more}`;
}

/** A slice of a pool: whole lines, without the last line break. */
export interface Piece {
  text: string;
  /** Index of its first line in the pool: says which file it is, in effect. */
  first: number;
  lines: number;
}

export class Pool {
  private readonly text: string;
  private readonly starts: Uint32Array;

  constructor(random: Random, lines: number, makeLine: (random: Random, foreign: boolean) => string) {
    this.starts = new Uint32Array(lines + 1);
    const parts: string[] = [];
    let at = 0;
    let foreign = false;
    for (let line = 0; line < lines; line++) {
      // Other scripts come in stretches, as they do in one file and not in the next.
      if (line % 256 === 0) foreign = random.chance(0.25);
      this.starts[line] = at;
      const made = makeLine(random, foreign);
      parts.push(made);
      at += made.length + 1;
    }
    this.starts[lines] = at;
    this.text = parts.join("\n") + "\n";
  }

  /** About `size` characters of whole lines, at least one line; at most the whole pool. */
  take(random: Random, size: number): Piece {
    const all = this.starts.length - 1;
    const wanted = Math.min(size, this.text.length - 1);
    let first = random.below(all);
    // Too near to the end for so much: begin earlier.
    if ((this.starts[first] as number) + wanted > this.text.length) first = this.lineAt(this.text.length - 1 - wanted);
    const last = Math.max(first + 1, this.lineAt((this.starts[first] as number) + wanted));
    return { text: this.text.slice(this.starts[first], (this.starts[last] as number) - 1), first, lines: last - first };
  }

  /** The line that holds the character at `place`. */
  private lineAt(place: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] as number) <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

export class Library {
  readonly code: Pool;
  readonly output: Pool;
  readonly prose: Pool;
  private readonly bytes: string;

  constructor(random: Random) {
    this.code = new Pool(random, 24_000, codeLine);
    this.output = new Pool(random, 12_000, outputLine);
    this.prose = new Pool(random, 6_000, proseLine);
    const raw = new Uint8Array(1_500_000);
    for (let index = 0; index < raw.length; index++) raw[index] = random.next();
    this.bytes = Buffer.from(raw.buffer).toString("base64");
  }

  /** Base64 of about `size` characters: a signature, an image. Longer than the pool, it repeats. */
  base64(random: Random, size: number): string {
    const wanted = Math.max(4, size - (size % 4));
    const first = random.below(this.bytes.length >> 3) * 4;
    if (first + wanted <= this.bytes.length) return this.bytes.slice(first, first + wanted);
    return this.bytes.repeat(Math.ceil(wanted / this.bytes.length)).slice(0, wanted);
  }
}
