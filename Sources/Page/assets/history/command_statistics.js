import { api } from "../shared/api.js";
import { Status } from "../shared/status.js";

/// The median of a list of numbers, or null for an empty list.
export function median(numbers) {
  if (numbers.length === 0) return null;
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/// Statistics about the executions of a command among these rows: `{ medianSeconds, runs }`.
///
/// `runs` are the ended executions, oldest first, as `{ row, seconds }`. `medianSeconds` counts only the completed
/// ones. It is null for fewer than two of them.
export function statisticsOf(rows, command) {
  const runs = rows
    .filter((row) => row.command === command && row.process_status !== Status.RUNNING && row.finished_at)
    .map((row) => ({ row, seconds: Math.max(0, row.finished_at - row.executed_at) }))
    .reverse();
  const completed = runs.filter((run) => run.row.process_status === Status.COMPLETED).map((run) => run.seconds);
  return { medianSeconds: completed.length >= 2 ? median(completed) : null, runs };
}

/// The median duration of the completed runs with the same parameters if there are two of them, else of all.
export function medianFor({ medianSeconds, runs }, parameters) {
  const same = runs.filter(({ row }) => row.process_status === Status.COMPLETED && row.parameters === parameters);
  return same.length >= 2 ? median(same.map((run) => run.seconds)) : medianSeconds;
}

const cachedStatistics = new Map();
const cacheLifetime = 120_000;

/// The statistics of a command from its last fifty executions. They are loaded at most once in two minutes.
export async function statisticsFor(command) {
  const entry = cachedStatistics.get(command);
  if (entry && Date.now() - entry.loadedAt < cacheLifetime) return entry.statistics;
  const query = { command, name: command, per_page: 50 };
  const statistics = api.history(query).then((page) => statisticsOf(page.data, command));
  cachedStatistics.set(command, { loadedAt: Date.now(), statistics });
  statistics.catch(() => cachedStatistics.delete(command));
  return statistics;
}

/// Makes the next `statisticsFor` load again, because an execution of the command has ended.
export function invalidateStatistics(command) {
  cachedStatistics.delete(command);
}
