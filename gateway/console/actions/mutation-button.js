// One click, one mutation. What can not be undone in the same way is asked about first.

import { form, open } from "../components/dialog-form.js";
import { h } from "../lib/dom.js";
import { ERRORS } from "../lib/fragments.js";
import { change } from "../lib/graphql-client.js";
import { t } from "../lib/i18n.js";
import { reload } from "../router.js";
import { toast, toastFailure, toastRefusal } from "../components/toasts.js";
import { button } from "../components/elements.js";

/** A link-like button that runs the mutation `name`, says `done`, and draws the view anew; `asks` is said before it. */
export function act(label, { id, name, type, input, done, asks = null }) {
  const operation = `mutation ${name[0].toUpperCase()}${name.slice(1)}($input: ${type}!) {
  ${name}(input: $input) { ${ERRORS} }
}`;
  const control = button(t(label), { class: "link", id, click: asks ? ask : run });
  return control;

  function ask() {
    open(t(label), () =>
      form({
        operation,
        input: () => input,
        submit: t(label),
        danger: true,
        fields: h("p", {}, t(asks)),
        done(_, dialog) {
          dialog.close();
          said();
        },
      }),
    );
  }

  async function run() {
    if (control.getAttribute("aria-disabled") === "true") return;
    control.setAttribute("aria-disabled", "true");
    try {
      const { userErrors } = await change(operation, input);
      if (userErrors.length > 0) toastRefusal(userErrors[0].message);
      else await said();
    } catch (failure) {
      toastFailure(failure, t("failure.notSent"));
    } finally {
      control.removeAttribute("aria-disabled");
    }
  }

  function said() {
    toast(t(done));
    return reload();
  }
}
