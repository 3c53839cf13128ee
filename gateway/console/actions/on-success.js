// How dialogs end whose mutation succeeded.

import { showToast } from "../components/toasts.js";
import { t } from "../lib/i18n.js";
import { invalidate, redraw, reload } from "../router.js";

/** @import { Subscription } from "../lib/types.js" */

/**
 * For mutations that return the subscription: the view is drawn with it, without being fetched again.
 *
 * @param {Subscription} subscription
 * @param {string} message
 * @returns {(payload: { subscription: Partial<Subscription> }, dialog: HTMLDialogElement) => void}
 */
export const updateSubscription = (subscription, message) => (payload, dialog) => {
  Object.assign(subscription, payload.subscription);
  invalidate();
  // Before the dialog closes, which gives the focus back to its opener in the new view.
  redraw();
  dialog.close();
  showToast(t(message));
};

/**
 * For all others: the view is fetched again.
 *
 * @param {string} message
 * @returns {(payload: unknown, dialog: HTMLDialogElement) => void}
 */
export const closeAndReload = (message) => (_payload, dialog) => {
  dialog.close();
  showToast(t(message));
  reload();
};
