// Another name for a subscription.

import { openMutationDialog } from "../components/dialog-form.js";
import { field, textInput } from "../components/form-fields.js";
import { t } from "../lib/i18n.js";
import { subscriptionMutation } from "../lib/mutation.js";
import { updateSubscription } from "./on-success.js";

/** @import { Subscription } from "../lib/types.js" */

const OPERATION = subscriptionMutation("renameSubscription");

/** @param {Subscription} subscription */
export function renameSubscription(subscription) {
  const input = textInput({ value: subscription.displayName, autofocus: true });
  openMutationDialog(t("rename.title"), {
    operation: OPERATION,
    input: ({ displayName }) => ({ subscriptionId: subscription.id, displayName }),
    submit: t("save"),
    fields: field("displayName", t("rename.name"), input, t("rename.hint")),
    onSuccess: updateSubscription(subscription, "rename.done"),
  });
}
