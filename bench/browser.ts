/** One Chromium for all contestants, with a software WebGPU adapter where there is no GPU. */

import { type Browser, chromium } from '@playwright/test';
import { browserFlags, ensureBrowser } from '../e2e/support/browser.ts';

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: ensureBrowser(), args: browserFlags });
}
