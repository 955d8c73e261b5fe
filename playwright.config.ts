import { defineConfig } from '@playwright/test';
import { browserFlags, findBrowser } from './e2e/support/browser.ts';

const port = Number(process.env.WIREGRAD_E2E_PORT ?? 4187);
/** Another build than `dist`, so that journeys can run beside work on the app. */
const outDir = process.env.WIREGRAD_E2E_DIST ?? 'dist';
const address = `http://127.0.0.1:${port}/`;

/** What measures time, or keeps both cores busy by itself, runs alone, after everything else. */
const ALONE = ['webgpu/**', 'webgpu-*.spec.ts', 'telemetry-cost.spec.ts', 'runtime-trouble.spec.ts', 'kills.spec.ts'];

/** The specs use the app as built: run `npm run build` first, as `npm test` does. */
export default defineConfig({
  testDir: 'e2e',
  timeout: 120_000,
  // Two pages share two cores; what fails once and then passes is listed as flaky.
  retries: 1,
  workers: 2,
  forbidOnly: true,
  reporter: 'list',
  use: {
    baseURL: address,
    // Specs see the build that is served, and not one that an earlier page kept.
    serviceWorkers: 'block',
    viewport: { width: 1440, height: 900 },
    // Recording takes a good part of the time of a test.
    trace: process.env.WIREGRAD_E2E_TRACE ? 'retain-on-failure' : 'off',
    launchOptions: { executablePath: findBrowser(), args: browserFlags },
  },
  projects: [
    { name: 'chromium', testIgnore: [...ALONE, 'webgpu-all/**', 'course-all/**', 'performance/**'] },
    { name: 'alone', testMatch: ALONE, testIgnore: ['webgpu-all/**'], workers: 1, dependencies: ['chromium'] },
    { name: 'performance', testDir: 'e2e/performance', workers: 1 },
    { name: 'webgpu-all', testDir: 'e2e/webgpu-all', workers: 1 },
    { name: 'course-all', testDir: 'e2e/course-all', workers: 1 },
  ],
  webServer: {
    command: `npx vite preview --host 127.0.0.1 --port ${port} --strictPort --outDir ${outDir}`,
    url: address,
  },
});
