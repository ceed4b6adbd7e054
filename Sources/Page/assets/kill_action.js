import { api } from "./api.js";
import { confirmed } from "./dialog.js";
import { session } from "./session.js";
import { lineOf } from "./status.js";

/// Whether this person may kill this execution now, or cancel it while it waits; the server has the last word.
export function mayKill(row) {
  if (![1, 5].includes(row.process_status) || !session.allowsKill) return false;
  return row.can_kill ?? (session.isSuper || (session.user !== "" && row.user_identifier === session.user));
}

/// What killing it is called: one that waits has nothing to kill.
export function killWord(row) {
  return row.process_status === 5 ? "Cancel" : "Kill";
}

/// Asks whether it is meant, and kills. Resolves to false where the person thought better of it; throws `ApiError`.
export async function killAfterAsking(row) {
  const isWaiting = row.process_status === 5;
  const question = isWaiting ? "Cancel this job before it starts?" : "Kill this job and everything it started?";
  if (!await confirmed(question, lineOf(row), isWaiting ? "Cancel the job" : "Kill")) return false;
  await api.kill(row.job_uuid);
  return true;
}
