// All scenes.

import { agentScenes } from "./agents.ts";
import { contentScenes, timeScenes } from "./contents.ts";
import { copyScenes } from "./copies.ts";
import { responseScenes } from "./responses.ts";
import type { Scene } from "./scene.ts";
import { turnScenes } from "./turns.ts";

export const scenes: Scene[] = [...turnScenes, ...responseScenes, ...agentScenes, ...copyScenes, ...timeScenes, ...contentScenes];
