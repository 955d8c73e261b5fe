/** Page, worker and device hold no more after 20,000 steps with everything watched than after a few. */
import { expect, type Page, test } from '@playwright/test';
import { changed, example, openApp, train } from '../support/app.ts';
import { browserFlags, findBrowser } from '../support/browser.ts';

const WARM_UP = 1500;
const STEPS = 20_000;
/** Bytes that caches, curves and compiled code may still grow by. */
const SLACK = 6e6;

test.use({
  launchOptions: {
    executablePath: findBrowser() ?? '',
    // Measures at once, after a collection of everything.
    args: [...browserFlags, '--enable-blink-features=ForceEagerMeasureMemory'],
  },
});

interface Memory {
  readonly page: number;
  readonly workers: number;
  readonly buffers: number;
  readonly bufferBytes: number;
}

async function measure(page: Page): Promise<Memory> {
  const { breakdown } = await page.evaluate(async () => {
    const measured = performance as unknown as {
      measureUserAgentSpecificMemory(): Promise<{
        breakdown: { bytes: number; attribution: { scope: string }[] }[];
      }>;
    };
    return measured.measureUserAgentSpecificMemory();
  });
  const bytes = (isOf: (scope: string) => boolean) =>
    breakdown
      .filter(({ attribution }) => attribution.length > 0 && attribution.every(({ scope }) => isOf(scope)))
      .reduce((sum, part) => sum + part.bytes, 0);
  const { buffers, bufferBytes } = await page.evaluate(() => window.wiregrad.counts());
  return {
    page: bytes((scope) => scope === 'Window'),
    workers: bytes((scope) => scope.includes('Worker')),
    buffers,
    bufferBytes,
  };
}

for (const backend of ['wasm', 'webgpu'] as const) {
  test(`20,000 steps on ${backend} leave nothing behind`, async ({ page }) => {
    test.setTimeout(900_000);
    const document = changed(example('line-fit'), {
      training: { validation: { every: 'epoch' }, earlyStopping: { rule: 'patience', patience: 1e6 } },
    });
    await openApp(page, backend, document);
    await train(page, WARM_UP, { watch: 'visible' });
    const before = await measure(page);
    await train(page, STEPS, { watch: 'visible' });
    const after = await measure(page);
    console.log(`${backend}: ${JSON.stringify({ before, after })}`);
    expect(await page.evaluate(() => window.wiregrad.status().backend)).toBe(backend);
    expect(before.workers).toBeGreaterThan(0);
    expect(after.page - before.page).toBeLessThan(SLACK);
    expect(after.workers - before.workers).toBeLessThan(SLACK);
    expect(after.buffers).toBeLessThanOrEqual(before.buffers);
    expect(after.bufferBytes).toBeLessThanOrEqual(before.bufferBytes);
    if (backend === 'webgpu') expect(after.buffers).toBeGreaterThan(0);
  });
}
