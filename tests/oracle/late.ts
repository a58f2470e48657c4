// What is known only when all rows are read: which calls results, hooks' records and notifications belong to.
//
// family.ts puts aside what names a call; here the call is looked for, above or below.

import { SKIP_COPY, SKIP_NOTICE } from "../../assembly/abi/layout.ts";
import type { Row } from "./document.ts";
import { hookAttributes } from "./events.ts";
import type { Call, Event, Owner } from "./facts.ts";
import { member, name, text, type Json } from "./json.ts";
import { blocksOf } from "./prompt.ts";
import { nothing } from "./record.ts";

export class Late {
  private readonly results: { row: Row; block: Json }[] = [];
  private readonly hooks: { event: Event; call: string | undefined; owner: Owner | undefined }[] = [];
  private readonly endings: { call: string; status: string }[] = [];

  constructor(private readonly calls: Map<string, Call>) {}

  result(row: Row): void {
    for (const block of blocksOf(row)) if (text(member(block, "type")) === "tool_result") this.results.push({ row, block });
  }

  hook(row: Row, owner: Owner | undefined): void {
    const call = name(member(row.value, ...(row.type === "attachment" ? ["attachment"] : []), "toolUseID"));
    this.hooks.push({ event: { name: "spanloom.hook", row, attributes: hookAttributes(row) }, call, owner });
  }

  /** A notification can say of a call how its agent ended. */
  message(written: string): void {
    if (!written.startsWith("<task-notification>")) return;
    const call = tagged(written, "tool-use-id");
    if (call) this.endings.push({ call, status: tagged(written, "status") ?? "" });
  }

  settle(): void {
    this.settleResults();
    for (const { event, call, owner } of this.hooks) {
      const events = this.calls.get(call ?? "")?.events ?? owner?.events;
      events?.push(event);
      event.row.fate = events ? { kind: "used" } : nothing(event.row, SKIP_NOTICE);
    }
    for (const { call, status } of this.endings) {
      const named = this.calls.get(call);
      if (named) named.ending = status;
    }
  }

  /** The first result of a call wins; a second one is a copy, and one of no known call has no place in the trace. */
  private settleResults(): void {
    for (const { row, block } of this.results) {
      const call = this.calls.get(name(member(block, "tool_use_id")) ?? "");
      if (call && !call.result) {
        call.result = { row, block };
        row.fate = { kind: "used" };
        const owner = call.response.owner;
        if (!owner.last || owner.last.order < row.order) owner.last = row;
      } else if (call) {
        if (row.fate?.kind !== "used") row.fate = nothing(row, SKIP_COPY);
      } else row.fate ??= nothing(row, SKIP_NOTICE);
    }
  }
}

/** What stands in a tag of a notification, the first of its name. */
function tagged(written: string, tag: string): string | undefined {
  const from = written.indexOf(`<${tag}>`);
  const to = from < 0 ? -1 : written.indexOf(`</${tag}>`, from);
  return to < 0 ? undefined : written.slice(from + tag.length + 2, to);
}
