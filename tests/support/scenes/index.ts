// All scenes.

import { agentScenes } from "./agents.ts";
import { contentScenes, timeScenes } from "./contents.ts";
import { copyScenes } from "./copies.ts";
import { eventScenes } from "./events.ts";
import { journalScenes } from "./journals.ts";
import { otherScenes } from "./others.ts";
import { queueScenes } from "./queues.ts";
import { responseScenes } from "./responses.ts";
import type { Scene } from "./scene.ts";
import { turnScenes } from "./turns.ts";

export const scenes: Scene[] = [
  ...turnScenes,
  ...queueScenes,
  ...responseScenes,
  ...agentScenes,
  ...otherScenes,
  ...eventScenes,
  ...journalScenes,
  ...copyScenes,
  ...timeScenes,
  ...contentScenes,
];
