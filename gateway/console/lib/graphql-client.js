// The one way to the graph: POST /graphql. The last requests are logged, so that the drawer can show them.

import { getToken } from "./session.js";

/**
 * @typedef {object} LogEntry
 * @property {string} name
 * @property {string} operation
 * @property {object} variables
 * @property {number} status
 * @property {number} bytes
 * @property {number} ms
 * @property {number | null} statements
 * @property {number | null} sqlMs
 */

const MAX_LOGGED = 20;

/** What came of a request that has no data. `kind` is offline, unauthenticated, rejected or server. */
export class RequestError extends Error {
  /**
   * @param {"offline" | "unauthenticated" | "rejected" | "server"} kind
   * @param {string} [message]
   * @param {string} [requestId]
   */
  constructor(kind, message = "", requestId = "") {
    super(message);
    this.kind = kind;
    this.requestId = requestId;
  }
}

/** @type {LogEntry[]} */
export const requestLog = [];
export const events = new EventTarget();

let today = new Date().toISOString().slice(0, 10);

/** The server's day: this machine's clock may be wrong. */
export const serverToday = () => today;

/**
 * The data that answers `operation`. Raises RequestError, or AbortError.
 *
 * @param {string} operation
 * @param {object} variables
 * @param {{ signal?: AbortSignal }} [options]
 * @returns {Promise<any>} any: its shape is the operation's text
 */
export async function request(operation, variables, { signal } = {}) {
  const startedAt = performance.now();
  const response = await post(operation, variables, signal);
  const text = await readText(response);
  const date = response.headers.get("date");
  if (date !== null) today = new Date(date).toISOString().slice(0, 10);
  requestLog.unshift({
    name: /(?:query|mutation)\s+(\w+)/.exec(operation)?.[1] ?? "",
    operation,
    variables,
    status: response.status,
    bytes: new TextEncoder().encode(text).length,
    ms: performance.now() - startedAt,
    ...parseServerTiming(response.headers.get("server-timing") ?? ""),
  });
  requestLog.length = Math.min(requestLog.length, MAX_LOGGED);
  events.dispatchEvent(new Event("request"));
  return parseResponse(response, text);
}

/**
 * @param {string} query
 * @param {object} variables
 * @param {AbortSignal | undefined} signal
 */
async function post(query, variables, signal) {
  try {
    return await fetch("/graphql", {
      method: "POST",
      headers: {
        accept: "application/graphql-response+json",
        authorization: `Bearer ${getToken()}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ query, variables }),
      signal,
    });
  } catch (error) {
    throw toRequestError(error);
  }
}

/** @param {Response} response */
async function readText(response) {
  try {
    return await response.text();
  } catch (error) {
    throw toRequestError(error);
  }
}

/** @param {unknown} error */
function toRequestError(error) {
  if (error instanceof DOMException && error.name === "AbortError") return error;
  events.dispatchEvent(new Event("unreachable"));
  return new RequestError("offline");
}

/**
 * @param {Response} response
 * @param {string} text
 */
function parseResponse(response, text) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    // A proxy's own page, most likely.
    throw new RequestError("server", `HTTP ${response.status}`);
  }
  events.dispatchEvent(new Event("reached"));
  if (!body.errors) return body.data;
  const [first] = body.errors;
  const { code, requestId } = first.extensions ?? {};
  if (code === "UNAUTHENTICATED") {
    events.dispatchEvent(new Event("unauthenticated"));
    throw new RequestError("unauthenticated", first.message);
  }
  throw new RequestError(response.status >= 500 || response.ok ? "server" : "rejected", first.message, requestId);
}

/**
 * Server-Timing: `db;dur=1.2;desc="1 statement"` and the like; what the header lacks is null.
 *
 * @param {string} header
 */
function parseServerTiming(header) {
  const database = header.split(",").find((entry) => entry.trim().startsWith("db;")) ?? "";
  const statements = /desc="(\d+)/.exec(database);
  const milliseconds = /dur=([\d.]+)/.exec(database);
  return { statements: statements && Number(statements[1]), sqlMs: milliseconds && Number(milliseconds[1]) };
}

const pendingKeys = new Map();

/**
 * What a mutation answers to its one input. After a lost answer the same input carries the same key: done once.
 *
 * @param {string} operation
 * @param {object} input
 * @returns {Promise<any>} any: its shape is the operation's text
 */
export async function mutate(operation, input) {
  const intent = operation + JSON.stringify(input);
  const key = pendingKeys.get(intent) ?? newIdempotencyKey();
  pendingKeys.set(intent, key);
  const [payload] = Object.values(await request(operation, { input: { ...input, idempotencyKey: key } }));
  pendingKeys.delete(intent);
  return payload;
}

// Not randomUUID, which a browser has on https and on this machine only.
const newIdempotencyKey = () =>
  Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");
