// The one way to the graph: POST /graphql. Every exchange is kept, so that the drawer can show it.

import { token } from "./session.js";

const KEPT = 20;

/** What came of a request that has no data. `kind` is offline, signed-out, refused or fault. */
export class Failure extends Error {
  constructor(kind, sentence = "", requestId = "") {
    super(sentence);
    this.kind = kind;
    this.requestId = requestId;
  }
}

export const exchanges = [];
export const news = new EventTarget();

let today = new Date().toISOString().slice(0, 10);

/** The server's day: this machine's clock may be wrong. */
export const serverDay = () => today;

/** The data that answers `operation`. Raises Failure, or AbortError. */
export async function ask(operation, variables, { signal } = {}) {
  const exchange = { operation, variables, name: /(?:query|mutation)\s+(\w+)/.exec(operation)[1] };
  const began = performance.now();
  const answer = await sent(operation, variables, signal);
  const text = await read(answer);
  Object.assign(exchange, {
    status: answer.status,
    bytes: new TextEncoder().encode(text).length,
    ms: performance.now() - began,
    ...timing(answer.headers.get("server-timing") ?? ""),
  });
  const date = answer.headers.get("date");
  if (date !== null) today = new Date(date).toISOString().slice(0, 10);
  exchanges.unshift(exchange);
  exchanges.length = Math.min(exchanges.length, KEPT);
  news.dispatchEvent(new Event("exchange"));
  return data(answer, text);
}

async function sent(query, variables, signal) {
  try {
    return await fetch("/graphql", {
      method: "POST",
      headers: {
        accept: "application/graphql-response+json",
        authorization: `Bearer ${token()}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ query, variables }),
      signal,
    });
  } catch (error) {
    throw lost(error);
  }
}

async function read(answer) {
  try {
    return await answer.text();
  } catch (error) {
    throw lost(error);
  }
}

function lost(error) {
  if (error.name === "AbortError") return error;
  news.dispatchEvent(new Event("unreachable"));
  return new Failure("offline");
}

function data(answer, text) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    // A proxy's own page, most likely.
    throw new Failure("fault", `HTTP ${answer.status}`);
  }
  news.dispatchEvent(new Event("reached"));
  if (!body.errors) return body.data;
  const [first] = body.errors;
  const { code, requestId } = first.extensions ?? {};
  if (code === "UNAUTHENTICATED") {
    news.dispatchEvent(new Event("signed-out"));
    throw new Failure("signed-out", first.message);
  }
  throw new Failure(answer.status >= 500 || answer.ok ? "fault" : "refused", first.message, requestId);
}

/** Server-Timing: `db;dur=1.2;desc="1 statement"` and the like; what is not told is null. */
function timing(header) {
  const database = header.split(",").find((entry) => entry.trim().startsWith("db;")) ?? "";
  const statements = /desc="(\d+)/.exec(database);
  const milliseconds = /dur=([\d.]+)/.exec(database);
  return { statements: statements && Number(statements[1]), sqlMs: milliseconds && Number(milliseconds[1]) };
}

const unanswered = new Map();

/** What a mutation answers to its one input. After a lost answer the same input carries the same key: done once. */
export async function change(operation, input) {
  const intent = operation + JSON.stringify(input);
  const key = unanswered.get(intent) ?? freshKey();
  unanswered.set(intent, key);
  const [payload] = Object.values(await ask(operation, { input: { ...input, idempotencyKey: key } }));
  unanswered.delete(intent);
  return payload;
}

// Not randomUUID, which a browser has on https and on this machine only.
const freshKey = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");
