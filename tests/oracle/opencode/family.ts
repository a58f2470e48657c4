// Turns and sub-agents of opencode, what each of them did, and what happened to them.
//
// Who stands under whom and when is in spans.ts.

import { SKIP_INJECTED, SKIP_METADATA, SKIP_NOTICE, SKIP_PROGRESS, SKIP_SNAPSHOT, SKIP_UNKNOWN } from "../../../assembly/abi/layout.ts";
import { count, isTrue, member, name, text, type Json } from "../json.ts";
import { skip } from "../record.ts";
import { isAuthored, isHidden, stepsOf, written, type Call, type Chat, type Failing, type Happened, type Owner } from "./facts.ts";
import type { Row } from "./rows.ts";
import { byId, isStale, type Message, type Part, type Session, type State, type Written } from "./state.ts";
import { later, time } from "./times.ts";

export interface Agent extends Owner {
  call: Call | undefined;
  child: Session | undefined;
  join: string;
}

const aborted = "MessageAbortedError";
const answering = new Set(["text", "reasoning", "tool", "step-start", "step-finish", "retry"]);
const partTypes = new Set([...answering, "file", "agent", "subtask", "compaction", "patch", "snapshot"]);
const idAfter = /(?:task id="|task_id: |sessionID: )(ses_[0-9A-Za-z]*)/;

/** Rows of a chat: its words and its calls. */
const says = (part: Part): boolean => part.type === "tool" || (["text", "reasoning"].includes(part.type) && !isHidden(part));

const isCompaction = ({ role, parts }: Message): boolean => role === "user" && parts.some(({ type }) => type === "compaction");

export class Family {
  readonly turns: Owner[] = [];
  readonly agents: Agent[] = [];
  /** Turn or agent of each message. */
  readonly ownerOf = new Map<Message, Owner>();
  private readonly named = new Map<string, Owner>();
  /** What answers each user message. */
  readonly answered = new Map<Message, Message[]>();

  constructor(readonly state: State) {
    for (const session of state.sessions.values()) this.answers(session);
    const made = (session: Session): bigint => session.created ?? session.messages[0]?.created ?? 0n;
    const roots = [...state.sessions.values()].filter((session) => !session.parent).sort((a, b) => Number(made(a) - made(b)) || byId(a, b));
    for (const session of roots) this.readRoot(session);
    this.joinChildren();
    for (const owner of [...this.turns, ...this.agents]) this.failuresOf(owner);
    this.happenings();
    // Sessions as they were made, in each its turns as they were asked; what another session has of a turn does not move it.
    const here = (turn: Owner, messages: Message[]): Message | undefined => messages.find(({ session }) => session === turn.session);
    const place = (turn: Owner): string => (here(turn, turn.inputs) ?? here(turn, turn.answers))!.id;
    this.turns.sort((a, b) => Number(made(a.session) - made(b.session)) || byId(a.session, b.session) || byId({ id: place(a) }, { id: place(b) }));
    this.fates();
  }

  /** Which messages answer which, in one session. */
  private answers(session: Session): void {
    for (const message of session.messages) {
      if (message.role === "user" || message.original) continue;
      const asked = this.question(message);
      if (asked) this.answered.set(asked, [...(this.answered.get(asked) ?? []), message]);
    }
  }

  /** The user message of its session that an assistant message answers: the one it names, else the last one above. */
  question(message: Message): Message | undefined {
    const asking = message.session.messages.filter(({ role, original }) => role === "user" && !original);
    const parent = name(member(message.value, "parentID"));
    return parent === undefined ? asking.filter((other) => byId(other, message) < 0).at(-1) : asking.find(({ id }) => id === parent);
  }

  /** The message by which a message is placed: the question, else the first answer of its session that names the same one. */
  leader(message: Message): Message {
    if (message.role === "user") return message;
    const parent = (one: Message): string | undefined => name(member(one.value, "parentID"));
    const alike = message.session.messages.filter((one) => one.role === "assistant" && !one.original && parent(one) === parent(message) && !this.question(one));
    return this.question(message) ?? alike[0] ?? message;
  }

  /** Does a user message open a turn, or is it an input of a sub-agent? */
  private isPlaced(message: Message): boolean {
    return message.parts.some(isAuthored) || this.answered.has(message);
  }

  private owner(kind: Owner["kind"], session: Session, identity: string, first: Message): Owner {
    return {
      kind,
      session,
      identity,
      inputs: [],
      answers: [],
      chats: [],
      calls: [],
      work: [],
      events: [],
      failures: [],
      origin: undefined,
      row: first.row ?? first.parts[0]!.row,
      start: first.created,
      inferred: first.inferred,
    };
  }

  private readRoot(session: Session): void {
    const messages = session.messages.filter(({ original }) => !original);
    const turnOf = (message: Message, origin: string | undefined, identity = message.id): Owner => {
      let turn = this.named.get(identity);
      if (!turn) {
        turn = { ...this.owner("turn", session, identity, message), origin };
        this.named.set(identity, turn);
        this.turns.push(turn);
      }
      return turn;
    };
    const prompt = (message: Message): Owner => {
      const origin = message.parts.length === 0 ? "unprompted" : message.parts.some(isAuthored) ? undefined : "synthetic";
      const turn = turnOf(message, origin);
      if (!turn.inputs.includes(message)) turn.inputs.push(message);
      this.ownerOf.set(message, turn);
      return turn;
    };
    // An answer may stand before its question by id: questions first.
    for (const message of messages)
      if (message.role === "user" && this.isPlaced(message)) prompt(message);
    let alone: string | undefined;
    for (const message of messages.filter(({ role }) => role === "assistant")) {
      const parent = name(member(message.value, "parentID"));
      const asked = this.question(message);
      // A prompt that was copied asked in the other session.
      const copied = session.messages.find((other) => other.id === parent)?.original;
      let turn: Owner;
      if (asked) turn = prompt(asked);
      else if (parent !== undefined) turn = turnOf(message, "unprompted", copied?.id ?? parent);
      else turn = turnOf(message, "unprompted", (alone ??= message.id));
      this.give(turn, message);
    }
  }

  /** An assistant message with its chats and calls. */
  private give(owner: Owner, message: Message): void {
    owner.answers.push(message);
    this.ownerOf.set(message, owner);
    const steps = stepsOf(message);
    let before: bigint = message.created;
    const asked = this.leader(message);
    const compacted = message.session.messages.some((other) => byId(other, asked) < 0 && isCompaction(other) && (other.original || this.isPlaced(other)));
    const call = (part: Part): Call => {
      const answered = ["completed", "error"].includes(text(member(part.value, "state", "status")) ?? "");
      const made: Call = {
        part,
        id: name(member(part.value, "callID")) ?? part.id,
        tool: name(member(part.value, "tool")),
        owner,
        start: part.made,
        end: answered ? later(part.ended ?? part.made, part.made) : undefined,
        inferred: part.inferred,
        waited: undefined,
        events: [],
      };
      owner.calls.push(made);
      return made;
    };
    const tools = (parts: Part[]): Call[] => parts.filter(({ type }) => type === "tool").map(call);
    steps.forEach((step, index) => {
      const calls = tools(step.parts);
      const own = index === 0;
      const start = own ? message.created : before;
      // A text that never ended ended no earlier than it began.
      const said = step.parts
        .filter((one) => one.type !== "tool" && says(one))
        .map(({ ended, made }) => ended ?? made);
      const ends = [...said, ...calls.map((one) => one.start)].filter((found) => found !== undefined);
      const completed = time(member(message.value, "time", "completed"));
      // What stands before the step's end says when the model was done; without it, that end does.
      const finish = step.finish && !step.parts.some((one) => says(one) && byId(one, step.finish!) < 0) ? [step.finish.made] : [];
      const known = [...ends, ...finish];
      const end = known.length > 0 ? later(...known) : (completed ?? start);
      const first = own ? [] : [(step.start ?? step.finish)!];
      const evidence = [...first, ...step.parts.filter((one) => says(one)), ...(step.finish ? [step.finish] : [])];
      const inferred = (own && message.inferred) || evidence.some((one) => one.inferred);
      const chat: Chat = { message, index, step, only: steps.length === 1, last: index === steps.length - 1, calls, start, end: later(start, end), inferred, compacted };
      before = later(before, chat.end, ...calls.map((one) => one.end ?? one.start), ...(step.finish ? [step.finish.made] : []));
      owner.chats.push(chat);
      owner.work.push(chat, ...calls);
    });
    if (steps.length === 0) owner.work.push(...tools(message.parts));
    for (const part of message.parts) if (part.type === "retry") this.retried(owner, part);
  }

  private retried(owner: Owner, part: Part): void {
    const error = member(part.value, "error");
    const attributes: Happened["attributes"] = [["error.type", name(member(error, "name")) ?? "api_error"]];
    const attempt = count(member(part.value, "attempt"));
    if (attempt !== undefined) attributes.push(["spanloom.retry.attempt", attempt]);
    owner.events.push({ name: "spanloom.api_error", row: part.row, time: part.made, attributes, place: this.placeOf(part.message, "part", part.id) });
  }

  // --- sub-agents

  /** The session a call says it is about. */
  static named(call: Call): { id: string; join: string } | undefined {
    const said = [member(call.part.value, "state", "output"), member(call.part.value, "state", "error")].map((value) => idAfter.exec(text(value) ?? "")?.[1]);
    const result = name(member(call.part.value, "state", "metadata", "sessionId")) ?? said.find((found) => found !== undefined);
    if (result !== undefined) return { id: result, join: "result_agent_id" };
    const asked = name(member(call.part.value, "state", "input", "task_id"));
    return asked === undefined ? undefined : { id: asked, join: "task_id" };
  }

  private placed({ messages }: Session): Message[] {
    return messages.filter((message) => message.role === "assistant" || this.isPlaced(message));
  }

  private joinChildren(): void {
    const children = [...this.state.sessions.values()].filter((session) => session.parent).sort(byId);
    const given = new Map<Session, { call: Call; join: string }[]>();
    // The calls of a sub-agent are known once it is read: so children are read first, and shared out afterwards.
    const readers = new Map<Session, Owner>();
    for (const child of children) {
      const [first] = this.placed(child);
      if (!first) continue;
      const owner = this.owner("agent", child, child.id, first);
      const answers = child.messages.filter(({ role }) => role === "assistant");
      for (const message of answers.sort((a, b) => byId(this.leader(a), this.leader(b)) || byId(a, b))) this.give(owner, message);
      readers.set(child, owner);
    }
    const tasks = [...this.turns, ...readers.values()].flatMap((owner) => owner.calls).filter((call) => call.tool === "task");
    for (const child of children) {
      const below = (call: Call): boolean => {
        for (let at: Session | undefined = call.owner.session, depth = 0; at && depth < 10000; depth++) {
          if (at === child) return true;
          at = given.get(at)?.[0]?.call.owner.session;
        }
        return false;
      };
      const calls = tasks.flatMap((call) => {
        const named = Family.named(call);
        return named?.id === child.id && !below(call) ? [{ call, join: named.join }] : [];
      });
      if (calls.length === 0) {
        const title = /^(.*) \(@/s.exec(text(member(child.value, "title")) ?? "")?.[1];
        const fits = tasks.filter((call) => {
          const description = name(member(call.part.value, "state", "input", "description"));
          const when = child.created;
          return (
            call.part.message.session.id === child.parent &&
            !Family.named(call) &&
            description !== undefined &&
            title === description &&
            when !== undefined &&
            when >= call.start &&
            (call.end === undefined || when <= call.end) &&
            !below(call)
          );
        });
        if (fits.length === 1) calls.push({ call: fits[0]!, join: "title" });
      }
      calls.sort((a, b) => Number(a.call.start - b.call.start) || byId(a.call.part, b.call.part));
      given.set(child, calls);
    }
    const joined = new Set<Call>();
    for (const child of children) {
      const calls = given.get(child)!;
      for (const { call } of calls) joined.add(call);
      this.shareOut(child, readers.get(child), calls);
    }
    for (const call of tasks) if (!joined.has(call)) this.agents.push(this.ofCall(call, undefined, "none"));
  }

  private ofCall(call: Call, child: Session | undefined, join: string): Agent {
    const first = call.part.message;
    return { ...this.owner("agent", child ?? first.session, call.part.id, first), row: call.part.row, start: call.start, inferred: call.inferred, call, child, join };
  }

  /** What of a child belongs to which of the calls that name it. */
  private shareOut(child: Session, whole: Owner | undefined, calls: { call: Call; join: string }[]): void {
    const agents = calls.map(({ call, join }) => this.ofCall(call, child, join));
    if (agents.length === 0) {
      if (!whole) return;
      agents.push({ ...whole, inputs: [], answers: [], chats: [], calls: [], work: [], events: [], call: undefined, child, join: "orphan" });
    }
    this.agents.push(...agents);
    const at = (when: bigint): Agent => agents.filter((agent) => agent.call !== undefined && agent.start <= when).at(-1) ?? agents[0]!;
    for (const message of this.placed(child)) {
      const agent = at(this.leader(message).created);
      this.ownerOf.set(message, agent);
      (message.role === "user" ? agent.inputs : agent.answers).push(message);
    }
    // A call of which its child shows nothing has no transcript.
    for (const agent of agents) if (agent.inputs.length + agent.answers.length === 0) Object.assign(agent, { join: "none", child: undefined, session: agent.call!.part.message.session });
    if (!whole) return;
    const home = (message: Message): Agent => this.ownerOf.get(message) as Agent;
    for (const chat of whole.chats) home(chat.message).chats.push(chat);
    for (const call of whole.calls) {
      call.owner = home(call.part.message);
      call.owner.calls.push(call);
    }
    for (const work of whole.work) home("part" in work ? work.part.message : work.message).work.push(work);
    for (const event of whole.events) home([...child.messages].find(({ parts }) => parts.some(({ row }) => row === event.row))!).events.push(event);
  }

  // --- what happened

  private failuresOf(owner: Owner): void {
    for (const message of owner.answers) {
      const error = member(message.value, "error");
      const called = name(member(error, "name"));
      if (error?.kind !== "object" || called === undefined) continue;
      const completed = time(member(message.value, "time", "completed")) ?? message.created;
      owner.failures.push({ message, name: called, row: message.row!, time: completed, end: completed, error, own: true });
    }
    for (const message of owner.inputs)
      for (const part of message.parts) {
        if (part.type !== "compaction") continue;
        const answer = this.answered.get(message)?.find((one) => isTrue(member(one.value, "summary")));
        const said = answer?.parts.find(({ type }) => type === "text");
        const summary = said ? written(said) : undefined;
        owner.events.push({
          name: "spanloom.compaction",
          row: part.row,
          time: part.made,
          place: this.placeOf(message, "part", part.id),
          attributes: [["spanloom.compaction.trigger", isTrue(member(part.value, "auto")) ? "auto" : "manual"]],
          ...(summary === undefined ? {} : { summary: JSON.parse(summary) as string }),
        });
      }
  }

  /** The message that was worked at: the assistant's last one by then, unless that had ended and somebody asked anew. */
  private workedAt(id: string | undefined, row: Row, when: bigint | undefined): Message | undefined {
    const messages = this.state.sessions.get(id ?? "")?.messages.filter(({ original }) => !original) ?? [];
    const next = messages.findIndex((message) => when !== undefined && message.created > when);
    const known = when === undefined ? this.above(messages, row) : next < 0 ? messages : messages.slice(0, next);
    const [answer, asked] = [known.filter(({ role }) => role === "assistant").at(-1), known.filter(({ role }) => role === "user").at(-1)];
    if (!answer || !asked || byId(asked, answer) < 0) return answer ?? asked;
    const completed = time(member(answer.value, "time", "completed"));
    const isOver = completed === undefined ? name(member(answer.value, "error", "name")) !== undefined : when === undefined || completed <= when;
    return isOver ? asked : answer;
  }

  /** Those that were written above a row. */
  private above(messages: Message[], row: Row): Message[] {
    const written = this.state.writes.filter(({ event, write }) => event.row.document === row.document && event.row.order < row.order && write.of === "message");
    const ids = new Set(written.map(({ write }) => write.id));
    return messages.filter(({ id }) => ids.has(id));
  }

  private happenings(): void {
    const asked = new Map<string, { row: Row; time: bigint | undefined; body: Json; type: string; session: string | undefined }>();
    const events = this.state.happenings;
    for (const { event, time: when } of events) {
      const { meaning, row } = event;
      if (meaning.kind !== "retry" && meaning.kind !== "failure" && meaning.kind !== "asked" && meaning.kind !== "replied") continue;
      const message = this.workedAt(meaning.session, row, when);
      const owner = message ? this.ownerOf.get(message) : undefined;
      if (meaning.kind === "asked") {
        const id = name(member(meaning.body, "id"));
        if (id !== undefined && !asked.has(id)) asked.set(id, { row, time: when, body: meaning.body, type: meaning.type, session: meaning.session });
        else row.fate = skip(SKIP_NOTICE);
        continue;
      }
      if (meaning.kind === "replied") continue;
      if (!owner || !message) {
        row.fate = skip(SKIP_NOTICE);
        continue;
      }
      const at = when ?? message.created;
      if (meaning.kind === "retry") {
        const attributes: Happened["attributes"] = [["error.type", "api_error"]];
        const [attempt, next] = [count(member(meaning.body, "status", "attempt")), time(member(meaning.body, "status", "next"))];
        if (attempt !== undefined) attributes.push(["spanloom.retry.attempt", attempt]);
        if (next !== undefined && next >= at) attributes.push(["spanloom.retry.delay_ms", (next - at) / 1000000n]);
        owner.events.push({ name: "spanloom.api_error", row, time: at, attributes, place: this.placeOf(message, "retry", at) });
      } else {
        const error = member(meaning.body, "error");
        const called = name(member(error, "name"));
        if (error?.kind !== "object" || called === undefined) {
          row.fate = skip(SKIP_NOTICE);
          continue;
        }
        // The same failure as the message's own of that name: the stream says when it was, and the first of several.
        const own = owner.failures.find((one) => one.own && one.message === message && one.name === called);
        if (!own) owner.failures.push({ message, name: called, row, time: at, end: undefined, error, own: false });
        else if (own.row === message.row || at < own.time) Object.assign(own, { row, time: at });
      }
    }
    this.questions(asked);
    for (const owner of [...this.turns, ...this.agents]) for (const failing of owner.failures) owner.events.push(this.failureEvent(failing));
  }

  /** Where an event stands among those of its span: message by message, a user message behind its answers; then by kind and time. */
  private placeOf(message: Message, kind: "part" | "failure" | "retry" | "question" | "own", when: bigint | string): Happened["place"] {
    const group = this.leader(message);
    const rank = ["part", "failure", "retry", "question", "own"].indexOf(kind);
    return [group.id, message === group && message.role === "user" ? "user" : `answer ${message.id}`, rank === 0 ? 0 : rank === 4 ? 2 : 1, when, rank];
  }

  private failureEvent(failing: Failing): Happened {
    const { name: called, row, time: when, error, message, own } = failing;
    const place = this.placeOf(message, own ? "own" : "failure", when);
    if (called !== aborted) {
      const status = count(member(error, "data", "statusCode"));
      return { name: "spanloom.api_error", row, time: when, place, attributes: [["error.type", called], ...(status === undefined ? [] : [["http.response.status_code", status] as [string, bigint]])] };
    }
    const attributes: Happened["attributes"] = message.role === "assistant" ? [["spanloom.interrupt.response", message.id]] : [];
    if (this.state.streamed(row)) {
      const last = this.state.writes
        .filter(({ event, write }) => write.of === "session" && write.id === message.session.id && event.row.document === row.document && event.row.order < row.order)
        .reduce<Written | undefined>((upper, lower) => (upper && isStale(lower.event, upper.event) ? upper : lower), undefined);
      const done = /^(?!New session - |Child session - )./s.test(text(member(last?.write.value, "title")) ?? "");
      attributes.push(["spanloom.interrupt.title", done ? "done" : "pending"]);
    }
    return { name: "spanloom.interrupt", row, time: when, attributes, place };
  }

  private questions(asked: Map<string, { row: Row; time: bigint | undefined; body: Json; type: string; session: string | undefined }>): void {
    const replies = new Map<string, { row: Row; time: bigint | undefined; body: Json; type: string; session: string | undefined }>();
    for (const { event, time: when } of this.state.happenings) {
      const { meaning, row } = event;
      if (meaning.kind !== "replied") continue;
      const id = name(member(meaning.body, "requestID")) ?? name(member(meaning.body, "permissionID"));
      if (id === undefined || replies.has(id)) row.fate = skip(SKIP_NOTICE);
      else replies.set(id, { row, time: when, body: meaning.body, type: meaning.type, session: meaning.session });
    }
    for (const id of new Set([...asked.keys(), ...replies.keys()])) {
      const [question, answer] = [asked.get(id), replies.get(id)];
      const first = (question ?? answer)!;
      const tool = [question, answer].flatMap((one) => (one ? [member(one.body, "tool"), one.body] : [])).find((one) => name(member(one, "callID")) !== undefined);
      const [messageId, callId] = [name(member(tool, "messageID")), name(member(tool, "callID"))];
      const call = [...this.turns, ...this.agents].flatMap((owner) => owner.calls).find((one) => one.part.message.id === messageId && name(member(one.part.value, "callID")) === callId);
      const named = callId === undefined ? undefined : this.state.messages.get(messageId ?? "");
      const message = named ?? this.workedAt(first.session, first.row, first.time ?? answer?.time);
      const place = callId !== undefined && call ? call : message ? this.ownerOf.get(message) : undefined;
      if (!place) {
        for (const one of [question, answer]) if (one) one.row.fate = skip(SKIP_NOTICE);
        continue;
      }
      const attributes: Happened["attributes"] = [];
      const called = first.type.startsWith("question.") ? "question" : (name(member(first.body, "permission")) ?? name(member(first.body, "type")));
      if (called !== undefined) attributes.push(["spanloom.permission.name", called]);
      const replied = name(member(answer?.body, "reply")) ?? name(member(answer?.body, "response"));
      const reply = answer?.type === "question.rejected" ? "rejected" : (replied ?? (answer?.type === "question.replied" ? "answered" : undefined));
      if (reply) attributes.push(["spanloom.permission.reply", reply]);
      const waited = question?.time !== undefined && answer?.time !== undefined && answer.time >= question.time ? (answer.time - question.time) / 1000000n : undefined;
      if (waited !== undefined) attributes.push(["spanloom.permission.wait_ms", waited]);
      if ("part" in place && waited !== undefined) place.waited = (place.waited ?? 0n) + waited;
      const [when, about] = [first.time ?? answer?.time ?? message?.created ?? 0n, "part" in place ? place.part.message : message!];
      place.events.push({ name: "spanloom.permission", row: first.row, time: when, attributes, place: this.placeOf(about, "question", when) });
    }
  }

  // --- what became of the rows

  private fates(): void {
    for (const message of this.state.messages.values()) {
      if (message.original) {
        for (const { row } of message.parts.flatMap(({ deltas }) => deltas)) row.fate = skip(SKIP_PROGRESS);
        continue;
      }
      const placed = this.ownerOf.has(message);
      if (message.row && !placed) message.row.fate ??= skip(message.role === "user" ? SKIP_INJECTED : SKIP_NOTICE);
      for (const part of message.parts) {
        const fate = (part.row.fate ??= this.partFate(part, placed));
        const grows = ["text", "reasoning"].includes(part.type) && time(member(part.value, "time", "end")) === undefined && fate?.kind === "used";
        for (const delta of part.deltas) delta.row.fate ??= grows ? { kind: "used" } : skip(SKIP_PROGRESS);
      }
    }
    for (const session of this.state.sessions.values()) if (session.row && !session.messages.some((message) => this.ownerOf.has(message))) session.row.fate ??= skip(SKIP_METADATA);
    for (const document of this.state.documents) for (const row of document.rows) row.fate ??= { kind: "used" };
  }

  private partFate(part: Part, placed: boolean): Row["fate"] {
    if (!placed) return skip(SKIP_INJECTED);
    if (!partTypes.has(part.type)) return skip(SKIP_UNKNOWN);
    if (part.message.role === "user") return isAuthored(part) || part.type === "compaction" ? { kind: "used" } : skip(SKIP_INJECTED);
    if (part.type === "patch" || part.type === "snapshot") return skip(SKIP_SNAPSHOT);
    const isSilent = ["text", "reasoning"].includes(part.type) && (isHidden(part) || stepsOf(part.message).length === 0);
    return answering.has(part.type) && !isSilent ? { kind: "used" } : skip(SKIP_INJECTED);
  }
}
