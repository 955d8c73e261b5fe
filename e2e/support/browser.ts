/** Finds the Chromium that the journeys run in, and installs one where there is none. */
import { execFileSync, execSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

/** WebGPU on any machine: Chromium's software adapter does without a GPU. The rest keeps the browser from phoning home. */
export const browserFlags = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser named by WIREGRAD_BROWSER or CHROME_PATH, else one of the system's, else Playwright's own. */
export function findBrowser(): string | undefined {
  const named = process.env.WIREGRAD_BROWSER ?? process.env.CHROME_PATH;
  if (named && !existsSync(named))
    throw new Error(`There is no browser at ${named} (WIREGRAD_BROWSER or CHROME_PATH).`);
  return named || [...systemBrowsers(), chromium.executablePath()].find((path) => existsSync(path));
}

/** Like findBrowser, but installs Playwright's Chromium, or Debian's, if none is found. */
export function ensureBrowser(): string {
  const found = findBrowser();
  if (found) return found;
  const installers = [
    'npx playwright install chromium',
    ...(mayUseApt() ? ['apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y chromium'] : []),
  ];
  for (const command of installers) {
    console.log(`No Chromium found: ${command}`);
    tryRun(command);
    const installed = findBrowser();
    if (installed && starts(installed)) return installed;
  }
  throw new Error('No Chromium found and none could be installed: set WIREGRAD_BROWSER to the path of one.');
}

function systemBrowsers(): string[] {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (process.platform === 'win32') {
    const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => process.env[name] ?? []);
    const places = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];
    return roots.flatMap((root) => places.map((place) => join(root, place)));
  }
  const folders = (process.env.PATH ?? '/usr/bin').split(delimiter);
  const names = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/** A downloaded browser is of no use while the system lacks libraries that it needs. */
function starts(path: string): boolean {
  try {
    execFileSync(path, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function tryRun(command: string): void {
  try {
    execSync(command, { stdio: 'inherit' });
  } catch {
    console.log(`That failed: ${command}`);
  }
}

const mayUseApt = () => existsSync('/usr/bin/apt-get') && process.getuid?.() === 0;
