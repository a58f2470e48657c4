// Rows of journals by chance: what the client tells a hook, of calls and sub-agents that script.ts names.

import fc from "fast-check";
import type { What } from "../script.ts";
import { often, pick } from "./draw.ts";

type Row = Record<string, unknown>;

const payload: fc.Arbitrary<unknown> = often<unknown>(
  12,
  fc.record<Row>(
    {
      tool_name: pick<unknown>("Bash", "Bash", "Read", "Agent", 5),
      tool_use_id: pick<unknown>("t0", "t1", "t2", "t-unknown", ""),
      agent_id: pick<unknown>("x0", "x1", "x2", "ann@crew", null),
      permission_mode: pick<unknown>("default", "plan", 1),
      reason: pick<unknown>("not allowed", " "),
      notification_type: pick<unknown>("permission_prompt", "idle_prompt", ""),
      title: pick<unknown>("Permission", ""),
      message: pick<unknown>("may I? größer 🙂", "\n", "\ud800", { no: "text" }),
      trigger: pick<unknown>("auto", "manual", undefined),
      custom_instructions: pick<unknown>("keep the tests", "", null),
    },
    { requiredKeys: [] },
  ),
  pick<unknown>(undefined, "a string", []),
);

export const told: fc.Arbitrary<What> = fc.record({
  step: fc.constant("row" as const),
  type: fc.constant("spanloom-hook"),
  more: fc
    .record({
      event: pick<unknown>("PermissionRequest", "PermissionDenied", "Notification", "PreCompact", "PreCompact", "Stop", "Unheard", "", undefined),
      payload,
    })
    .map(({ event, payload: said }): Row => ({ event, payload: said })),
});
