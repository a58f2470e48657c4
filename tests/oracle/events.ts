// What span events say of themselves: what the record says, in the order docs/SPANS.md names it.
//
// It looks at one row; where the event stands is family.ts's to say.

import type { Row } from "./document.ts";
import type { Event } from "./facts.ts";
import { count, isTrue, member, name, text } from "./json.ts";

type Attributes = Event["attributes"];

const known = (...attributes: [string, string | bigint | undefined][]): Attributes =>
  attributes.filter((one): one is Attributes[number] => one[1] !== undefined);

export function errorOf(row: Row): string {
  return name(member(row.value, "error")) ?? "api_error";
}

/** The event a system row is; undefined if it is none. */
export function systemEvent(row: Row, subtype: string | undefined): Event | undefined {
  const said = (...path: string[]) => member(row.value, ...path);
  if (subtype === "compact_boundary")
    return {
      name: "spanloom.compaction",
      row,
      attributes: known(
        ["spanloom.compaction.trigger", name(said("compactMetadata", "trigger"))],
        ["spanloom.compaction.tokens_before", count(said("compactMetadata", "preTokens"))],
        ["spanloom.compaction.tokens_after", count(said("compactMetadata", "postTokens"))],
        ["spanloom.compaction.duration_ms", count(said("compactMetadata", "durationMs"))],
      ),
    };
  if (subtype === "api_error")
    return {
      name: "spanloom.api_error",
      row,
      attributes: known(
        ["error.type", name(said("error", "error", "error", "type")) ?? errorOf(row)],
        ["http.response.status_code", count(said("error", "status"))],
        ["spanloom.retry.attempt", count(said("retryAttempt"))],
        ["spanloom.retry.delay_ms", count(said("retryInMs"))],
      ),
    };
  if (subtype === "stop_hook_summary")
    return {
      name: "spanloom.hook",
      row,
      attributes: known(
        ["spanloom.hook.event", "Stop"],
        ["spanloom.hook.outcome", isTrue(said("preventedContinuation")) ? "prevented_continuation" : undefined],
        ["spanloom.hook.count", count(said("hookCount"))],
      ),
    };
  return undefined;
}

/** What the client says of a request it gave up on, in the model's place. */
export function finalErrorAttributes(row: Row): Attributes {
  return known(["error.type", errorOf(row)], ["http.response.status_code", count(member(row.value, "apiErrorStatus"))]);
}

/** What an attachment or a progress row says of a hook. */
export function hookAttributes(row: Row): Attributes {
  const attached = row.type === "attachment";
  const said = (key: string) => member(row.value, attached ? "attachment" : "data", key);
  return known(
    ["spanloom.hook.event", name(said("hookEvent"))],
    ["spanloom.hook.name", name(said("hookName"))],
    ["spanloom.hook.outcome", attached ? text(said("type"))?.slice("hook_".length) || undefined : undefined],
    ["spanloom.hook.exit_code", attached ? count(said("exitCode")) : undefined],
    ["spanloom.hook.duration_ms", attached ? count(said("durationMs")) : undefined],
  );
}

/** All that an event says: what the record lacks of a compaction, a journal may know. */
export function eventAttributes({ attributes, content = [], told }: Event, full: boolean): Attributes {
  const [key, trigger] = told?.attributes[0] ?? [];
  const started = key !== undefined && trigger !== undefined && !attributes.some(([known]) => known === key);
  return [
    ...(started ? ([[key, trigger]] as Attributes) : []),
    ...attributes,
    ...(full ? [...(told?.content ?? []), ...content] : []),
  ];
}
