// The text of mutations: each has one input, and returns its user errors beside what it changed.

import { PAYMENT_METHOD, SUBSCRIPTION_STATE, USER_ERRORS } from "./fragments.js";

/**
 * Mutation `name`, whose input's type is named after it unless `inputType` is given.
 *
 * @param {string} name
 * @param {string} [fields]
 * @param {{ inputType?: string, fragments?: string }} [options]
 */
export function mutationText(name, fields = "", { inputType, fragments = "" } = {}) {
  const operationName = name[0].toUpperCase() + name.slice(1);
  return `mutation ${operationName}($input: ${inputType ?? `${operationName}Input`}!) {
  ${name}(input: $input) { ${fields} ${USER_ERRORS} }
}${fragments}`;
}

/**
 * A mutation that returns the subscription with all that a change may have changed.
 *
 * @param {string} name
 */
export const subscriptionMutation = (name) =>
  mutationText(name, "subscription { ...SubscriptionState } changed", {
    fragments: SUBSCRIPTION_STATE + PAYMENT_METHOD,
  });
