import { expect, test } from '@playwright/test';

/** As source text, since it also runs in a worker. */
const adapterName = `
  navigator.gpu.requestAdapter().then((adapter) => adapter ? adapter.info.architecture : 'no adapter', String)
`;

test('the page is isolated and has WebGPU', async ({ page }) => {
  await page.goto('./');
  expect(await page.evaluate('crossOriginIsolated')).toBe(true);
  expect(await page.evaluate(adapterName)).toBe('swiftshader');
});

test('a module worker has WebGPU', async ({ page }) => {
  await page.goto('./');
  const answer = await page.evaluate(
    (source) =>
      new Promise((resolve, reject) => {
        const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
        const worker = new Worker(url, { type: 'module' });
        worker.onmessage = (event) => resolve(event.data);
        worker.onerror = (event) => reject(new Error(event.message));
      }),
    `postMessage([crossOriginIsolated, await ${adapterName}])`,
  );
  expect(answer).toEqual([true, 'swiftshader']);
});
