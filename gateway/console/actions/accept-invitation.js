// Accepts an invitation and goes to the account that one is now a member of.

import { payloadOrToast, showToast } from "../components/toasts.js";
import { mutate } from "../lib/graphql-client.js";
import { t } from "../lib/i18n.js";
import { mutationText } from "../lib/mutation.js";
import { invalidate, navigate } from "../router.js";

/** @import { Invitation } from "../lib/types.js" */

const OPERATION = mutationText("acceptInvitation", "account { id name }");

/** @param {Invitation} invitation */
export async function acceptInvitation({ id }) {
  const payload = await payloadOrToast(() => mutate(OPERATION, { invitationId: id }), t("error.notSent"));
  if (payload === null) return;
  const { account } = payload;
  invalidate();
  showToast(t("invitation.done", { name: account.name }));
  await navigate(`/accounts/${account.id}`);
}
