/** Imported ahead of a worker's own script: counts in that worker, and answers whoever asks on the channel. */

import { installCounters, readCounts } from './count.ts';

installCounters();
const channel = new BroadcastChannel('bench-counts');
channel.onmessage = ({ data }) => {
  if (data === 'read') channel.postMessage(readCounts());
};
