// How an app on a phone sends a change: under a key of its own, again and again until it has heard an answer.
import { randomUUID } from "node:crypto";
import { RENAME, account, print, token, url } from "./operations.mjs";

const SECONDS = 10;
const TRIES = 5;
const AGAIN = [429, 503, 504];

/** The payload of a mutation that happens once, however often it has to be sent. */
export async function change(mutation, given, send = fetch) {
  // Made before the first try, and kept with the change until it is answered: also when the app is closed in between.
  const input = { ...given, idempotencyKey: randomUUID() };
  for (let tried = 1; ; tried += 1) {
    let pause = 2 ** tried * 100;
    try {
      const response = await send(url, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ query: mutation, variables: { input } }),
        signal: AbortSignal.timeout(SECONDS * 1000),
      });
      if (!AGAIN.includes(response.status)) return await response.json();
      pause = Number(response.headers.get("retry-after") ?? 1) * 1000;
    } catch (error) {
      // No answer: it may have happened or not. The key makes that the same.
      if (tried === TRIES) throw error;
    }
    if (tried === TRIES) throw new Error("no answer");
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

const first = `{ account(id: "${account}") { subscriptions(first: 1) { nodes { id } } } }`;

async function ask(query) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return (await (await fetch(url, { method: "POST", headers, body: JSON.stringify({ query }) })).json()).data;
}

// A connection that breaks twice after the request has arrived, and once more before it does.
let sent = 0;
async function tunnel(address, init) {
  sent += 1;
  if (sent === 2) throw new TypeError("no route to host");
  const response = await fetch(address, init);
  if (sent === 4) return response;
  await response.text();
  throw new TypeError("connection lost");
}

const { id } = (await ask(first)).account.subscriptions.nodes[0];
const { data } = await change(RENAME, { subscriptionId: id, displayName: "By a phone" }, tunnel);
print({ id, sent, ...data.renameSubscription });
