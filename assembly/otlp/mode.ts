// What the requests at hand are to hold: content or none, under whose name turns stand, and for which backend.

import { TRAITS } from "./profiles/table";

export let full: bool = true;
/** The agent of turns. */
export let agentName: u32 = 0;
export let profile: u32 = 0;
/** What the profile asks for. */
export let traits: u32 = 0;

export function setMode(withContent: bool, agent: u32, asked: u32): void {
  full = withContent;
  agentName = agent;
  profile = asked;
  traits = unchecked(TRAITS[asked]);
}
