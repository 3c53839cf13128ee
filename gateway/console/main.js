// Starts the page: which module draws which address, and what the header's controls do.

import { lazy } from "./components/toasts.js";
import { start } from "./router.js";

/** @import { RouteTable } from "./lib/routes.js" */
/** @import { Invitation, Viewer } from "./lib/types.js" */

/** @type {RouteTable} */
const ROUTES = [
  [/^\/sign-in$/, () => import("./views/sign-in.js")],
  [/^\/$/, () => import("./views/home.js")],
  [/^\/accounts\/(?<account>[^/]+)$/, () => import("./views/overview.js")],
  [/^\/accounts\/(?<account>[^/]+)\/subscriptions$/, () => import("./views/subscriptions.js")],
  [/^\/accounts\/(?<account>[^/]+)\/subscriptions\/(?<subscription>[^/]+)$/, () => import("./views/subscription.js")],
  [/^\/accounts\/(?<account>[^/]+)\/billing$/, () => import("./views/billing.js")],
  [/^\/accounts\/(?<account>[^/]+)\/members$/, () => import("./views/members.js")],
  [/^\/accounts\/(?<account>[^/]+)\/activity$/, () => import("./views/activity.js")],
];

const notFound = () => import("./views/not-found.js");

/**
 * @param {Viewer} viewer
 * @param {string} accountId
 */
const headerActions = (viewer, accountId) => ({
  register: lazy(
    () => import("./actions/register-license-key.js"),
    ({ registerLicenseKey }) => registerLicenseKey(viewer, accountId),
  ),
  accept: (/** @type {Invitation} */ invitation) =>
    lazy(
      () => import("./actions/accept-invitation.js"),
      ({ acceptInvitation }) => acceptInvitation(invitation),
    ),
});

start({ routes: ROUTES, notFound, headerActions });
