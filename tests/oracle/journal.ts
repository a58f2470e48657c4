// What hooks were told, by docs/SPANS.md: rows of journals to events, once every turn, call and sub-agent has its place.
//
// It adds events and changes nothing else.

import { SKIP_COPY, SKIP_NOTICE } from "../../assembly/abi/layout.ts";
import type { Spawned } from "./agents.ts";
import type { Row } from "./document.ts";
import type { Agent, Call, Event, Owner, Turn } from "./facts.ts";
import { member, name, text } from "./json.ts";
import { isBlank } from "./prompt.ts";
import { skip } from "./record.ts";

const permission: [string, string][] = [
  ["gen_ai.tool.name", "tool_name"],
  ["spanloom.permission.mode", "permission_mode"],
];

/** Per event of a hook: the span event, the attributes that are metadata, and those that are content. */
const events: Record<string, { name: string; names: [string, string][]; texts: [string, string][] }> = {
  PermissionRequest: { name: "spanloom.permission_request", names: permission, texts: [] },
  PermissionDenied: { name: "spanloom.permission_denied", names: permission, texts: [["spanloom.permission.reason", "reason"]] },
  Notification: {
    name: "spanloom.notification",
    names: [["spanloom.notification.type", "notification_type"]],
    texts: [
      ["spanloom.notification.title", "title"],
      ["spanloom.notification.message", "message"],
    ],
  },
  PreCompact: {
    name: "spanloom.compaction_request",
    names: [["spanloom.compaction.trigger", "trigger"]],
    texts: [["spanloom.compaction.instructions", "custom_instructions"]],
  },
};

export const toldEvents = new Set(Object.keys(events));

const payload = (row: Row, key: string) => member(row.value, "payload", key);
const eventOf = (row: Row): string => text(member(row.value, "event")) ?? "";
const sessionOf = (row: Row): string => name(member(row.value, "sessionId")) ?? row.document.session;

function toEvent(row: Row): Event {
  const { name: called, names, texts } = events[eventOf(row)]!;
  const said = (of: [string, string][], read: (key: string) => string | undefined): [string, string][] =>
    of.flatMap(([attribute, key]): [string, string][] => {
      const value = read(key);
      return value === undefined ? [] : [[attribute, value]];
    });
  const written = (key: string): string | undefined => {
    const value = text(payload(row, key));
    return isBlank(value) ? undefined : value;
  };
  return { name: called, row, attributes: said(names, (key) => name(payload(row, key))), content: said(texts, written) };
}

/** Where a row belongs: on the call, else on the turn or on the sub-agent, which may have several transcripts. */
interface Placed {
  row: Row;
  owners: Owner[];
  call: Call | undefined;
}

/** Gives every row its fate, and every event its place. */
export function placeJournals(told: Row[], turns: Turn[], spawned: Spawned[], calls: Map<string, Call>): void {
  const seen = new Set<string>();
  const placed: Placed[] = [];
  for (const row of told) {
    const written = row.value?.raw ?? "";
    if (seen.has(written)) row.fate = skip(SKIP_COPY);
    else placed.push(place(row, turns, spawned, calls));
    seen.add(written);
  }
  const begun = new Set<Row>();
  // From the last: of several that were begun before a compaction happened, the last was that one.
  for (const { row, owners, call } of [...placed].reverse()) {
    if (eventOf(row) !== "PreCompact" || call) continue;
    const behind = turns.flatMap((turn) => turn.events.filter((event) => event.behind !== undefined && owners.includes(event.behind)));
    const events = [...new Set([...owners.flatMap((owner) => owner.events), ...behind])].sort((a, b) => a.row.order - b.row.order);
    const compaction = events.find((event) => event.name === "spanloom.compaction" && event.row.time >= row.time);
    if (!compaction || compaction.told) continue;
    compaction.told = toEvent(row);
    begun.add(row);
  }
  for (const { row, owners, call } of placed) {
    const list = call?.events ?? owners[0]?.events;
    row.fate = list ? { kind: "used" } : skip(SKIP_NOTICE);
    if (!begun.has(row)) list?.push(toEvent(row));
  }
}

function place(row: Row, turns: Turn[], spawned: Spawned[], calls: Map<string, Call>): Placed {
  const named = calls.get(name(payload(row, "tool_use_id")) ?? "");
  if (named) return { row, owners: [], call: named };
  const session = sessionOf(row);
  const agentId = name(payload(row, "agent_id"));
  const isIt = (agent: Agent): boolean => agentId !== undefined && agent.agentId === agentId && agent.session === session;
  const turn = turnAt(row.time, turns.filter(({ first }) => sessionOf(first) === session));
  const owners: Owner[] = spawned.find(({ agents }) => agents.some(isIt))?.agents ?? (turn ? [turn] : []);
  const tool = eventOf(row).startsWith("Permission") ? name(payload(row, "tool_name")) : undefined;
  const same = owners.flatMap((owner) => owner.calls).filter((call) => tool !== undefined && call.tool === tool && isOpen(call, row.time));
  return { row, owners, call: same.length === 1 ? same[0] : undefined };
}

const isOpen = ({ row, result }: Call, time: bigint): boolean => row.time <= time && (!result || result.row.time >= time);

/** The turn that began last; of several at one time the last in order. */
function turnAt(time: bigint, turns: Turn[]): Turn | undefined {
  const begun = turns.filter(({ first }) => first.time <= time).sort((a, b) => a.first.order - b.first.order);
  return begun.reduce<Turn | undefined>((latest, turn) => (latest && latest.first.time > turn.first.time ? latest : turn), undefined);
}
