// What the requests at hand are to hold: content or none, and under whose name turns stand.

export let full: bool = true;
/** The agent of turns. */
export let agentName: u32 = 0;

export function setMode(withContent: bool, agent: u32): void {
  full = withContent;
  agentName = agent;
}
