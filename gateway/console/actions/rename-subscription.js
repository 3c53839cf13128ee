// Another name for a subscription.

import { field, form, open, text } from "../components/dialog-form.js";
import { ERRORS, METHOD, STATE } from "../lib/fragments.js";
import { t } from "../lib/i18n.js";
import { invalidate } from "../router.js";
import { toast } from "../components/toasts.js";

const OPERATION = `mutation RenameSubscription($input: RenameSubscriptionInput!) {
  renameSubscription(input: $input) { subscription { ...State } changed ${ERRORS} }
}
${STATE}${METHOD}`;

export function renameSubscription(subscription, redraw) {
  open(t("rename.title"), () =>
    form({
      operation: OPERATION,
      input: ({ displayName }) => ({ subscriptionId: subscription.id, displayName }),
      submit: t("save"),
      fields: field("displayName", t("rename.name"), text({ value: subscription.displayName, autofocus: true }), t("rename.hint")),
      done(payload, dialog) {
        Object.assign(subscription, payload.subscription);
        invalidate();
        redraw();
        dialog.close();
        toast(t("rename.done"));
      },
    }),
  );
}
