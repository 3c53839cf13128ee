// An invitation accepted: from then on one is in that account.

import { showErrorToast, showRequestError, showToast } from "../components/toasts.js";
import { USER_ERRORS } from "../lib/fragments.js";
import { mutate } from "../lib/graphql-client.js";
import { t } from "../lib/i18n.js";
import { invalidate, navigate } from "../router.js";

const OPERATION = `mutation AcceptInvitation($input: AcceptInvitationInput!) {
  acceptInvitation(input: $input) { account { id name } ${USER_ERRORS} }
}`;

export async function acceptInvitation({ id }) {
  try {
    const { account, userErrors } = await mutate(OPERATION, { invitationId: id });
    if (account === null) {
      showErrorToast(userErrors[0].message);
      return;
    }
    invalidate();
    showToast(t("invitation.done", { name: account.name }));
    await navigate(`/accounts/${account.id}`);
  } catch (error) {
    showRequestError(error, t("error.notSent"));
  }
}
