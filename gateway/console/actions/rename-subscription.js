// Another name for a subscription.

import { field, mutationForm, openDialog, textInput } from "../components/dialog-form.js";
import { showToast } from "../components/toasts.js";
import { PAYMENT_METHOD, SUBSCRIPTION_STATE, USER_ERRORS } from "../lib/fragments.js";
import { t } from "../lib/i18n.js";
import { invalidate } from "../router.js";

const OPERATION = `mutation RenameSubscription($input: RenameSubscriptionInput!) {
  renameSubscription(input: $input) { subscription { ...SubscriptionState } changed ${USER_ERRORS} }
}
${SUBSCRIPTION_STATE}${PAYMENT_METHOD}`;

export function renameSubscription(subscription, redraw) {
  openDialog(t("rename.title"),
    mutationForm({
      operation: OPERATION,
      input: ({ displayName }) => ({ subscriptionId: subscription.id, displayName }),
      submit: t("save"),
      fields: field("displayName", t("rename.name"), textInput({ value: subscription.displayName, autofocus: true }), t("rename.hint")),
      onSuccess(payload, dialog) {
        Object.assign(subscription, payload.subscription);
        invalidate();
        redraw();
        dialog.close();
        showToast(t("rename.done"));
      },
    }),
  );
}
