/** What the page's main thread does, by processor time: unlike durations it does not grow on a busy machine. */
import type { Browser, Page } from '@playwright/test';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of processor time. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** The events of a trace, which has one on each line. Traces of minutes are longer than a text can be. */
function* eventsOf(trace: Buffer): Generator<TraceEvent> {
  for (let start = 0; start < trace.length; ) {
    const end = trace.indexOf('\n', start);
    const line = trace.toString('utf8', start, end < 0 ? trace.length : end);
    start = end < 0 ? trace.length : end + 1;
    if (/^\{.*"name":"(RunTask|thread_name)".*\},?$/.test(line)) yield JSON.parse(line.replace(/,$/, ''));
  }
}

/** Milliseconds of processor time of each task of the main thread while `act` runs, longest first. */
export async function tasksDuring(browser: Browser, page: Page, act: () => Promise<void>): Promise<number[]> {
  await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline', '__metadata'] });
  await act();
  const events = [...eventsOf(await browser.stopTracing())];
  const main = new Set(
    events.flatMap(({ name, pid, tid, args }) =>
      name === 'thread_name' && args?.name === 'CrRendererMain' ? [`${pid} ${tid}`] : [],
    ),
  );
  const tasks = events.filter(
    ({ name, ph, pid, tid }) => ph === 'X' && name === 'RunTask' && main.has(`${pid} ${tid}`),
  );
  return tasks.map(({ tdur = Number.NaN }) => tdur / 1000).sort((a, b) => b - a);
}
