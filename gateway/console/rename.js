// Another name for a subscription.

import { field, form, open, text } from "./dialogs.js";
import { ERRORS, METHOD, STATE } from "./fragments.js";
import { t } from "./language.js";
import { changed } from "./main.js";
import { toast } from "./notices.js";

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
        changed();
        redraw();
        dialog.close();
        toast(t("rename.done"));
      },
    }),
  );
}
