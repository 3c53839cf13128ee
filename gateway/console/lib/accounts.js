// The account to begin with, where none has been chosen yet.

/** @import { Account } from "./types.js" */

export const VIEWER_ACCOUNTS = "query ViewerAccounts { viewer { accounts { id kind } } }";

/**
 * A company where there is one, or else the first account.
 *
 * @param {Pick<Account, "id" | "kind">[]} accounts
 */
export const defaultAccount = (accounts) => accounts.find(({ kind }) => kind === "BUSINESS") ?? accounts[0];
