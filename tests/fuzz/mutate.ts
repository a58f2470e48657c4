// What can happen to a family: bytes, rows, values, ids, times and whole documents that are not as they were.
//
// Each change is one function over documents. None of them knows what a row means; ids are told by their member's name.

import type { Random } from "../../bench/session/random.ts";
import type { Document } from "../support/core.ts";
import { parsed, type Place, placesIn, remove, rowsOf, withRows } from "./rows.ts";

type Mutation = (random: Random, documents: Document[]) => void;

const words = (list: string): string[] => list.split(" ");

const ids = new Set([
  ...words("uuid parentUuid sessionId agentId agent_id promptId id tool_use_id toolUseId requestId agentName name"),
  ...words("agentType subagent_type leafUuid toolUseID parentToolUseID teamName runId"),
  ...words("sessionID messageID parentID partID callID requestID task_id"),
]);
const values = JSON.parse(
  '[null, true, false, 0, -1, 1000000000, 1.5, 1e300, 9007199254740991, "", " ", "x", [], {}, [null], [[]], [""], {"type":"text"}, {"type":"tool_use"}]',
) as unknown[];
const texts = [
  "[Request interrupted by user]",
  "<command-name>/x</command-name>",
  "<local-command-stdout>x",
  "<system-reminder>x",
  "The user doesn't want to proceed with this tool use.",
  ...words("<task-notification> <synthetic> user assistant system progress tool_use tool_result text thinking image Agent Task HEAD"),
  ...words("compact_boundary api_error local_command stop_hook_summary agent_progress hook_progress hook_success queued_command"),
  ...words("enqueue dequeue remove popAll prompt failed killed stopped"),
  "Stop hook feedback:",
  ...words("session.updated message.updated message.removed message.part.updated message.part.removed message.part.delta session.error"),
  ...words("permission.asked permission.replied step-start step-finish tool compaction retry completed error pending MessageAbortedError"),
];
const bytes = [
  ...words('" \\ { } [ ] , : null - 1e9 \\u \\ud83d \0 \xff \xe2 \xef\xbb\xbf'),
  ...words('"type":"user", "isSidechain":true, "agentId":"x", "uuid":"a", "timestamp":0,'),
  "\n",
  "\r\n",
  "{}\n",
];

// --- helpers: what is changed, in place

const some = (random: Random, documents: Document[]): Document => random.pick(documents);

function editBytes(random: Random, documents: Document[], edit: (whole: Buffer, at: number) => Buffer): void {
  const document = some(random, documents);
  const whole = Buffer.from(document.bytes);
  document.bytes = edit(whole, random.below(whole.length + 1));
}

function editRows(random: Random, documents: Document[], edit: (rows: Buffer[], at: number) => void): void {
  const document = some(random, documents);
  const rows = rowsOf(document);
  edit(rows, random.below(rows.length));
  document.bytes = withRows(document, rows).bytes;
}

/** Changes one place in the JSON of one row, if there is one that `wanted` takes. */
function editPlace(
  random: Random,
  documents: Document[],
  edit: (place: Place) => void,
  wanted: (place: Place) => boolean = () => true,
): void {
  editRows(random, documents, (rows, at) => {
    const value = parsed(rows[at]!);
    const places = placesIn(value).filter(wanted);
    if (places.length === 0) return;
    // Most places lie deep inside results and usage; half the time one near the top is meant.
    const near = places.filter(({ holder }) => holder === value || holder === (value as { message?: unknown }).message);
    edit(random.pick(near.length > 0 && random.chance(0.5) ? near : places));
    rows[at] = Buffer.from(JSON.stringify(value));
  });
}

const isId = ({ holder, key }: Place): boolean => ids.has(key) && typeof holder[key] === "string";

function idsIn(documents: Document[]): { key: string; value: string }[] {
  const found = documents.flatMap((document) => rowsOf(document)).flatMap((row) => placesIn(parsed(row)));
  return found.filter(isId).map(({ holder, key }) => ({ key, value: holder[key] as string }));
}

/** A name that no document has yet. */
export const named = (name: string, documents: Document[]): string => {
  let free = name;
  for (let count = 1; documents.some((document) => document.name === free); count++)
    free = name.replace(/(\.meta\.json|\.jsonl)?$/, `-${count}$1`);
  return free;
};

function retimed(random: Random, written: unknown): unknown {
  const time = typeof written === "string" ? Date.parse(written) : NaN;
  if (random.chance(0.25) || Number.isNaN(time))
    return random.pick([
      undefined,
      null,
      0,
      "",
      "yesterday",
      "1969-12-31T23:59:59Z",
      "2026-02-30T00:00:00Z",
      "9999-12-31T23:59:59.999999999Z",
      "2026-01-02T03:04:05.123456789123+14:00",
    ]);
  return new Date(time + random.pick([-1, 1]) * random.pick([1, 1000, 60_000, 86_400_000])).toISOString();
}

// --- the changes, each as often as it stands in the list

export const mutations: Mutation[] = [
  // bytes
  (random, documents) => editBytes(random, documents, (whole, at) => (at < whole.length && (whole[at] = random.below(256)), whole)),
  (random, documents) =>
    editBytes(random, documents, (whole, at) =>
      Buffer.concat([whole.subarray(0, at), Buffer.from(random.pick(bytes), "latin1"), whole.subarray(at)]),
    ),
  (random, documents) =>
    editBytes(random, documents, (whole, at) => Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1 + random.below(200))])),
  // rows
  (random, documents) => editRows(random, documents, (rows, at) => rows.splice(at, 1)),
  (random, documents) => editRows(random, documents, (rows, at) => rows.splice(random.below(rows.length + 1), 0, rows[at]!)),
  (random, documents) =>
    editRows(random, documents, (rows, at) => {
      const other = random.below(rows.length);
      [rows[at], rows[other]] = [rows[other]!, rows[at]!];
    }),
  (random, documents) => editRows(random, documents, (rows, at) => (rows[at] = rows[at]!.subarray(0, random.below(rows[at]!.length + 1)))),
  (random, documents) =>
    editRows(random, documents, (rows, at) => at > 0 && rows.splice(at - 1, 2, Buffer.concat([rows[at - 1]!, rows[at]!]))),
  (random, documents) => {
    const moved: Buffer[] = [];
    editRows(random, documents, (rows, at) =>
      moved.push(...(random.chance(0.5) ? rows.splice(at, 1 + random.below(4)) : rows.slice(at, at + 1 + random.below(4)))),
    );
    editRows(random, documents, (rows, at) => rows.splice(at, 0, ...moved));
  },
  // values
  (random, documents) => editPlace(random, documents, ({ holder, key }) => (holder[key] = structuredClone(random.pick(values)))),
  (random, documents) =>
    editPlace(
      random,
      documents,
      ({ holder, key }) => (holder[key] = random.pick(texts)),
      ({ holder, key }) => typeof holder[key] === "string",
    ),
  (random, documents) => editPlace(random, documents, remove),
  (random, documents) => editPlace(random, documents, remove, isId),
  ...Array.from({ length: 3 }, (): Mutation => (random, documents) => {
    const known = idsIn(documents);
    editPlace(
      random,
      documents,
      ({ holder, key }) => {
        const same = known.filter((one) => one.key === key);
        holder[key] = random.pick(random.chance(0.8) ? same : known).value;
      },
      isId,
    );
  }),
  (random, documents) =>
    editPlace(
      random,
      documents,
      ({ holder }) => (holder["isSidechain"] = random.chance(0.7)),
      ({ key }) => key === "type",
    ),
  ...Array.from(
    { length: 2 },
    (): Mutation => (random, documents) =>
      editPlace(
        random,
        documents,
        ({ holder }) => (holder["timestamp"] = retimed(random, holder["timestamp"])),
        ({ key }) => key === "timestamp" || key === "uuid",
      ),
  ),
  // documents
  (random, documents) => documents.length > 1 && documents.splice(random.below(documents.length), 1),
  (random, documents) => {
    const { name, bytes } = some(random, documents);
    documents.push({
      name: random.chance(0.05) ? name : named(name, documents),
      bytes: random.chance(0.5) ? bytes : bytes.subarray(0, random.below(bytes.length + 1)),
    });
  },
  (random, documents) => {
    const document = some(random, documents);
    const { name } = some(random, documents);
    document.name = random.chance(0.1)
      ? name
      : named(
          random.pick([name, "moved.jsonl", "agent-moved.jsonl", "a/b/subagents/agent-moved.jsonl", "moved.meta.json", "moved.txt"]),
          documents,
        );
  },
  (random, documents) => editBytes(random, documents, (whole, at) => whole.subarray(0, at)),
  (random, documents) => editRows(random, documents, (rows, at) => rows.splice(0, at)),
  (random, documents) => {
    const document = some(random, documents);
    const rows = rowsOf(document);
    const at = random.below(rows.length + 1);
    document.bytes = withRows(document, rows.slice(0, at)).bytes;
    documents.push(withRows({ ...document, name: named(document.name, documents) }, rows.slice(at)));
  },
];
