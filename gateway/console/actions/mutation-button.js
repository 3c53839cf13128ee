// One click, one mutation. What cannot be undone by another click is confirmed first.

import { mutationForm, openDialog } from "../components/dialog-form.js";
import { button } from "../components/elements.js";
import { showErrorToast, showRequestError, showToast } from "../components/toasts.js";
import { h } from "../lib/dom.js";
import { USER_ERRORS } from "../lib/fragments.js";
import { mutate } from "../lib/graphql-client.js";
import { t } from "../lib/i18n.js";
import { reload } from "../router.js";

/** A link-like button that runs the mutation `name` and draws the view anew; with `confirm`, a dialog asks first. */
export function mutationButton(label, { id, name, type, input, successMessage, confirm = null }) {
  const operation = `mutation ${name[0].toUpperCase()}${name.slice(1)}($input: ${type}!) {
  ${name}(input: $input) { ${USER_ERRORS} }
}`;
  const element = button(t(label), { class: "link", id, click: confirm ? openConfirmation : run });
  return element;

  function openConfirmation() {
    openDialog(t(label),
      mutationForm({
        operation,
        input: () => input,
        submit: t(label),
        danger: true,
        fields: h("p", {}, t(confirm)),
        onSuccess(_, dialog) {
          dialog.close();
          finish();
        },
      }),
    );
  }

  async function run() {
    if (element.getAttribute("aria-disabled") === "true") return;
    element.setAttribute("aria-disabled", "true");
    try {
      const { userErrors } = await mutate(operation, input);
      if (userErrors.length > 0) showErrorToast(userErrors[0].message);
      else await finish();
    } catch (error) {
      showRequestError(error, t("error.notSent"));
    } finally {
      element.removeAttribute("aria-disabled");
    }
  }

  function finish() {
    showToast(t(successMessage));
    return reload();
  }
}
