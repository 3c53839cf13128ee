// One click, one mutation. What cannot be undone by another click is confirmed first.

import { openMutationDialog } from "../components/dialog-form.js";
import { button } from "../components/elements.js";
import { payloadOrToast, showToast } from "../components/toasts.js";
import { h } from "../lib/dom.js";
import { mutate } from "../lib/graphql-client.js";
import { t } from "../lib/i18n.js";
import { mutationText } from "../lib/mutation.js";
import { reload } from "../router.js";
import { closeAndReload } from "./on-success.js";

/**
 * @typedef {object} MutationButtonOptions
 * @property {string} id
 * @property {string} name of the mutation
 * @property {string} inputType
 * @property {object} input
 * @property {string} successMessage
 * @property {string | false} [confirm]
 */

/**
 * A link-like button that runs the mutation `name` and draws the view anew; with `confirm`, a dialog asks first.
 *
 * @param {string} label
 * @param {MutationButtonOptions} options
 */
export function mutationButton(label, { id, name, inputType, input, successMessage, confirm = false }) {
  const operation = mutationText(name, "", { inputType });
  const element = button(t(label), { class: "link", id, click: confirm ? () => openConfirmation(confirm) : run });
  return element;

  /** @param {string} message */
  function openConfirmation(message) {
    openMutationDialog(t(label), {
      operation,
      input: () => input,
      submit: t(label),
      danger: true,
      fields: h("p", {}, t(message)),
      onSuccess: closeAndReload(successMessage),
    });
  }

  async function run() {
    if (element.getAttribute("aria-disabled") === "true") return;
    element.setAttribute("aria-disabled", "true");
    const payload = await payloadOrToast(() => mutate(operation, input), t("error.notSent"));
    if (payload) {
      showToast(t(successMessage));
      await reload();
    }
    element.removeAttribute("aria-disabled");
  }
}
