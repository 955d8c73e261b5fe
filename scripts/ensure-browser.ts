import { ensureBrowser } from '../e2e/support/browser.ts';

console.log(`Browser: ${ensureBrowser()}`);
