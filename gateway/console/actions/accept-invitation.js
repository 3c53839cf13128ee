// An invitation accepted: from then on one is in that account.

import { ERRORS } from "../lib/fragments.js";
import { change } from "../lib/graphql-client.js";
import { t } from "../lib/i18n.js";
import { invalidate, navigate } from "../router.js";
import { toast, toastFailure, toastRefusal } from "../components/toasts.js";

const OPERATION = `mutation AcceptInvitation($input: AcceptInvitationInput!) {
  acceptInvitation(input: $input) { account { id name } ${ERRORS} }
}`;

export async function acceptInvitation({ id }) {
  try {
    const { account, userErrors } = await change(OPERATION, { invitationId: id });
    if (account === null) return toastRefusal(userErrors[0].message);
    invalidate();
    toast(t("invitation.done", { name: account.name }));
    await navigate(`/accounts/${account.id}`);
  } catch (failure) {
    toastFailure(failure, t("failure.notSent"));
  }
}
