// User rows by chance: prompts of every shape, and texts that look like prompts and are none.

import fc from "fast-check";
import { binary, png } from "../../support/scenes/scene.ts";
import type { What } from "../script.ts";
import { notification } from "./asides.ts";
import { often, pick, ref } from "./draw.ts";

type Row = Record<string, unknown>;

const plain = pick("do it", "and now this", " with space before", "größer 🙂");
const special = pick(
  "<command-name>/review</command-name>\n<command-message>review</command-message>",
  "<command-message>init</command-message>",
  "<local-command-stdout>done</local-command-stdout>",
  "<local-command-stderr>no</local-command-stderr>",
  "<local-command-caveat>x",
  "<bash-input>ls</bash-input>",
  "<system-reminder>r</system-reminder>",
  "<task-notification>\n<status>completed</status>\n</task-notification>",
  "<teammate-message teammate_id='x'>hi</teammate-message>",
  "Another Claude session sent a message:\nhi",
  "[Request interrupted by user]",
  "[Request interrupted by user for tool use]",
  "This session is being continued from a previous conversation",
  "Stop hook feedback:\n- no",
  "",
  " \n",
);
const text = often(2, plain, special);
const textBlock = text.map((said) => ({ type: "text", text: said }));
const userBlock = fc.oneof(
  { arbitrary: textBlock, weight: 4 },
  {
    arbitrary: pick<unknown>(
      { type: "text", text: "<ide_opened_file>a</ide_opened_file>" },
      binary("image", png, "image/png"),
      { type: "document" },
      null,
      "x",
      5,
    ),
    weight: 2,
  },
);
export const user: fc.Arbitrary<What> = fc.record({
  step: fc.constant("user" as const),
  content: fc.oneof(
    { arbitrary: text as fc.Arbitrary<unknown>, weight: 5 },
    { arbitrary: fc.array(userBlock, { maxLength: 3 }), weight: 2 },
    { arbitrary: pick<unknown>(null, {}, 5), weight: 1 },
  ),
  more: often<Row>(
    4,
    fc.constant({}),
    pick<Row>(
      { isMeta: true },
      { isCompactSummary: true },
      { origin: { kind: "human" } },
      { origin: { kind: "task-notification" } },
      { origin: { kind: "peer" }, isMeta: true },
      { message: "none" },
    ),
  ),
  promptId: fc.option(ref, { nil: undefined }),
});
export const prompt: fc.Arbitrary<What> = fc.record({
  step: fc.constant("user" as const),
  content: plain,
  more: fc.constant({}),
  promptId: fc.option(ref, { nil: undefined }),
});
/** What comes from elsewhere, or ends a turn: seldom among texts, and half of what is hard about turns. */
export const message: fc.Arbitrary<What> = fc.record({
  step: fc.constant("user" as const),
  content: fc.oneof(
    { arbitrary: notification as fc.Arbitrary<unknown>, weight: 3 },
    {
      arbitrary: pick<unknown>(
        "<task-notification>\n<status>completed</status>\n</task-notification>",
        "Another Claude session sent a message:\nhi",
        "Stop hook feedback:\n- not yet",
        [{ type: "text", text: "[Request interrupted by user]" }],
      ),
      weight: 4,
    },
  ),
  more: fc.constant({}),
  promptId: fc.constant(undefined),
});
